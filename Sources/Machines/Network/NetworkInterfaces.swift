import Glibc

/// The network interfaces of the name space that the server runs in.
///
/// Asked of the kernel, not of /sys/class/net, which shows those of whoever mounted it.
enum NetworkInterfaces {
  static func exists(_ name: String) -> Bool {
    if_nametoindex(name) != 0
  }

  /// All names, sorted.
  static func names() -> [String] {
    guard let list = if_nameindex() else { return [] }
    defer { if_freenameindex(list) }
    var names: [String] = []
    var entry = list
    while let name = entry.pointee.if_name {
      names.append(String(cString: name))
      entry += 1
    }
    return names.sorted()
  }
}
