import Errors
import Glibc
import SystemPackage

/// The kernel's `struct ifreq`: an interface's name and one value, 40 bytes on 64-bit machines.
///
/// Glibc declares it with anonymous unions, which are clumsier from Swift than the bytes.
struct InterfaceRequest {
  private static let nameLength = 16
  private var bytes = [UInt8](repeating: 0, count: 40)

  init(_ interface: String) {
    bytes.replaceSubrange(0..<interface.utf8.prefix(15).count, with: interface.utf8.prefix(15))
  }

  /// The value as `short`: flags.
  var flags: Int16 {
    get { Int16(truncatingIfNeeded: Int(bytes[16]) | Int(bytes[17]) << 8) }
    set { withUnsafeBytes(of: newValue.littleEndian) { bytes.replaceSubrange(16..<18, with: $0) } }
  }

  /// Sets the value as `struct sockaddr_in`: family, port 0, address in network order.
  mutating func setAddress(_ address: IPv4Address) {
    let family = withUnsafeBytes(of: UInt16(AF_INET).littleEndian) { Array($0) }
    bytes.replaceSubrange(16..<24, with: family + [0, 0] + address.bytes)
  }

  /// Hands the request to the kernel, which may write its answer into it.
  /// - Throws: `SandlotError` that says what could not be done, and with which interface.
  mutating func perform(
    _ request: UInt, on descriptor: FileDescriptor, _ purpose: String
  ) throws {
    let name = String(decoding: bytes.prefix(Self.nameLength).prefix { $0 != 0 }, as: UTF8.self)
    let result = bytes.withUnsafeMutableBytes { buffer in
      buffer.baseAddress.map { ioctl(descriptor.rawValue, request, $0) } ?? -1
    }
    guard result >= 0 else {
      throw TapDevice.failure("\(purpose) the network interface \(name)", Errno(rawValue: errno))
    }
  }
}
