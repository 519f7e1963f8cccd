import Glibc
import JSON

/// The program at `/__modal/.bin/modal-sandbox-fs-tools`, which the SDK runs inside the sandbox
/// for every call of `sandbox.filesystem`.
///
/// Its one argument is a JSON object whose only key is the operation. It succeeds with exit code
/// 0, or fails with 1 and exactly one JSON object on standard error. It needs nothing of the
/// image: no libc, no shell, no name service.
public enum FilesystemTool {
  /// Runs the operation that the arguments ask for, on the process's standard streams.
  ///
  /// - Parameter arguments: the process's arguments, the program's name first.
  /// - Returns: the exit code.
  public static func main(arguments: [String]) -> Int32 {
    // A reader that went away is an error of `write` to report, not a reason to be killed.
    signal(SIGPIPE, SIG_IGN)
    return run(
      arguments: Array(arguments.dropFirst()),
      streams: Streams(input: STDIN_FILENO, output: STDOUT_FILENO, errors: STDERR_FILENO))
  }

  /// Runs the operation on given descriptors, which it does not close.
  package static func run(arguments: [String], streams: Streams) -> Int32 {
    do throws(FilesystemError) {
      guard let argument = arguments.first, arguments.count == 1 else {
        throw FilesystemError(
          .invalidArgument, "Expected one argument, a JSON object; got \(arguments.count)")
      }
      let request = try Request(parsing: argument)
      do throws(FilesystemError) {
        try request.perform(on: streams)
      } catch {
        throw error.naming(request.path, unlessIn: request.kindsCompletedByTheClient)
      }
      return 0
    } catch {
      try? ByteStream.write(error.report, to: streams.errors)
      return 1
    }
  }
}

/// The descriptors that an operation reads and writes.
package struct Streams: Sendable {
  /// Where file content comes from; its end stops a watch.
  package let input: Int32
  /// Where results go.
  package let output: Int32
  /// Where the error report goes.
  package let errors: Int32

  /// Names the three descriptors.
  package init(input: Int32, output: Int32, errors: Int32) {
    self.input = input
    self.output = output
    self.errors = errors
  }
}
