import Glibc

/// The IPv4 networks that this host uses already: its addresses and its routes.
enum HostAddresses {
  /// What is in use now; empty where /proc cannot be read.
  static func occupied() -> [IPv4Network] {
    routes(in: (try? HostFiles.text(at: "/proc/net/route")) ?? "") + addresses()
  }

  /// Parses /proc/net/route: destination and mask are hexadecimal in the host's byte order, which
  /// on the machines we run on reverses the address.
  static func routes(in table: String) -> [IPv4Network] {
    table.split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(whereSeparator: \.isWhitespace)
      guard fields.count > 7, let destination = UInt32(fields[1], radix: 16),
        let mask = UInt32(fields[7], radix: 16)
      else { return nil }
      return IPv4Network(
        IPv4Address(UInt32(bigEndian: destination)), prefixLength: mask.nonzeroBitCount)
    }
  }

  private static func addresses() -> [IPv4Network] {
    var first: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&first) == 0 else { return [] }
    defer { freeifaddrs(first) }
    var found: [IPv4Network] = []
    var entry = first
    while let current = entry {
      if let socket = current.pointee.ifa_addr, socket.pointee.sa_family == AF_INET {
        let address = socket.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
          IPv4Address(UInt32(bigEndian: $0.pointee.sin_addr.s_addr))
        }
        found.append(IPv4Network(address, prefixLength: 32))
      }
      entry = current.pointee.ifa_next
    }
    return found
  }
}
