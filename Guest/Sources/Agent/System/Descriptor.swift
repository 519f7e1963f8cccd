import Glibc
import GuestProtocol

/// An open file, closed when the last reference to it goes away.
package final class Descriptor {
  /// The number in the process's table.
  package let number: Int32

  /// Takes over an open descriptor.
  package init(owning number: Int32) { self.number = number }

  deinit { close(number) }

  /// Opens a file, close-on-exec.
  static func open(_ path: String, _ flags: Int32) throws(GuestFailure) -> Descriptor {
    Descriptor(
      owning: try attempt("open \(path)") { Glibc.open(path, flags | O_CLOEXEC) })
  }

  /// Makes reads and writes return EAGAIN instead of waiting.
  func setNonBlocking() {
    let flags = fcntl(number, F_GETFL)
    _ = fcntl(number, F_SETFL, flags | O_NONBLOCK)
  }
}
