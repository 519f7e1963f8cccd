import CLinux
import Glibc
import GuestProtocol

/// A TCP port of the loopback, as a readiness probe looks at it.
enum LocalPort {
  /// How long an answer is awaited, in milliseconds. The loopback answers within the call; only a
  /// server whose queue of connections is full does not answer at all.
  private static let patience: Int32 = 10

  /// Whether somebody accepts connections to a port of 127.0.0.1.
  static func accepts(_ port: UInt16) throws(GuestFailure) -> Bool {
    let type = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
    let socket = Descriptor(
      owning: try attempt("open a socket for port \(port)") {
        Glibc.socket(AF_INET, Int32(type), 0)
      })
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket.number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if result == 0 { return true }
    guard errno == EINPROGRESS else { return false }
    var request = pollfd(fd: socket.number, events: Int16(POLLOUT), revents: 0)
    guard poll(&request, 1, patience) == 1 else { return false }
    var failure: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(socket.number, SOL_SOCKET, SO_ERROR, &failure, &size) == 0 && failure == 0
  }
}
