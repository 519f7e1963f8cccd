import Errors
import Glibc
import SystemPackage

/// A listening unix socket that is made here and served by QEMU, which inherits it.
///
/// So a connection is accepted from the moment QEMU starts, without waiting for it to make the
/// socket, and QEMU needs no right to write into any directory.
enum UnixListener {
  /// The longest path that fits `sockaddr_un`, in bytes.
  static let longestPath = 107

  /// Listens at a path where nothing is yet.
  static func listen(at path: FilePath) throws -> FileDescriptor {
    var address = sockaddr_un()
    let name = Array(path.string.utf8)
    guard name.count <= longestPath else {
      throw SandlotError(
        .failedPrecondition,
        "The path \(path) is too long for a unix socket (\(name.count) bytes).",
        hint: "Use a data directory with a shorter path.")
    }
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    let raw = socket(
      AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard raw >= 0 else {
      throw SandlotError(
        .resourceExhausted, "No socket for \(path): \(Errno(rawValue: errno)).")
    }
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(raw, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard bound == 0, Glibc.listen(raw, 8) == 0 else {
      let cause = Errno(rawValue: errno)
      close(raw)
      throw SandlotError(.internal, "Cannot listen at \(path): \(cause).")
    }
    return FileDescriptor(rawValue: raw)
  }
}
