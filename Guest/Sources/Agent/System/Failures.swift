import Glibc
import GuestProtocol

extension GuestFailure {
  /// A failed system call: what was attempted, and the kernel's reason.
  package static func system(_ code: Int32, _ attempt: String) -> GuestFailure {
    GuestFailure(.system, errno: code, "\(attempt): \(errorText(code))")
  }
}

/// The C library's text for an `errno`.
package func errorText(_ code: Int32) -> String {
  guard let text = strerror(code) else { return "error \(code)" }
  return String(cString: text)
}

/// Makes a system call, again when a signal interrupted it, and throws its error.
///
/// - Parameter attempt: what the call is for, for the message.
@discardableResult
func attempt<Result: FixedWidthInteger & SignedInteger>(
  _ attempt: @autoclosure () -> String, _ call: () -> Result
) throws(GuestFailure) -> Result {
  let result = retried(call)
  guard result >= 0 else { throw .system(errno, attempt()) }
  return result
}

/// Makes a system call again for as long as signals interrupt it.
func retried<Result: FixedWidthInteger & SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}

/// The time since the machine began to run, in nanoseconds.
func monotonicNanoseconds() -> Int64 {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
}

/// The same in milliseconds, for deadlines.
func monotonicMilliseconds() -> Int64 { monotonicNanoseconds() / 1_000_000 }
