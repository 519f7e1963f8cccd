import Errors
import Foundation
import Glibc

/// The streams that this process writes.
enum StandardStream: Int32 {
  case output = 1
  case error = 2

  /// Writes everything; waits for a reader that is slow. Where the reader has left, the process ends as
  /// SIGPIPE would end it, which the libraries ignore.
  ///
  /// Throws `SandlotError.failedPrecondition` where nothing can be written, as on a full disk.
  func write(_ data: Data) throws(SandlotError) {
    var rest = data[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(rawValue, $0.baseAddress, $0.count) }
      switch (count, errno) {
      case (1..., _): rest = rest.dropFirst(count)
      case (_, EINTR): continue
      case (_, EAGAIN): usleep(1000)
      case (_, EPIPE): Glibc.exit(128 + SIGPIPE)
      case (_, let code):
        throw SandlotError(
          .failedPrecondition, "The output cannot be written: \(String(cString: strerror(code))).")
      }
    }
  }
}
