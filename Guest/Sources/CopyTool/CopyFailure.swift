import FilesystemTool
import Glibc

/// Why a copy failed: one line for the user.
package struct CopyFailure: Error, Equatable {
  /// What is shown.
  package let message: String

  /// A failure that no system call told.
  init(_ message: String) { self.message = message }

  /// A failure of a system call that worked on a path.
  init(_ code: Int32, _ path: [UInt8]) {
    let text = strerror(code).map { String(cString: $0) } ?? "error \(code)"
    self.init("\(SystemCall.describe(path)): \(text)")
  }

  init(_ code: Int32, _ path: String) { self.init(code, Array(path.utf8)) }
}

/// Makes a call of the shared code; what it throws becomes a failure that names the path.
func naming<Result: ~Copyable>(
  _ path: @autoclosure () -> [UInt8], _ body: () throws(FilesystemError) -> Result
) throws(CopyFailure) -> Result {
  do throws(FilesystemError) {
    return try body()
  } catch {
    throw CopyFailure("\(SystemCall.describe(path())): \(error.message)")
  }
}

/// Makes a system call; what it fails with becomes a failure that names the path.
@discardableResult
func call<Result: FixedWidthInteger & SignedInteger>(
  _ path: @autoclosure () -> [UInt8], _ body: () -> Result
) throws(CopyFailure) -> Result {
  while true {
    let result = body()
    if result >= 0 { return result }
    let code = errno
    guard code == EINTR else { throw CopyFailure(code, path()) }
  }
}
