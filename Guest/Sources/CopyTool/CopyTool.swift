import CLinux
import FilesystemTool
import Glibc

/// The program at `/__modal/.bin/sandlot-copy`, which carries out `COPY` and `ADD` of image builds.
///
/// Its one argument is a JSON object, a ``CopyRequest``. It succeeds with exit code 0, or fails with
/// 1 and one line on standard error. It needs nothing of the image: no libc, no shell.
public enum CopyTool {
  /// Carries out the request in the arguments.
  ///
  /// - Parameter arguments: the process's arguments, the program's name first.
  /// - Returns: the exit code.
  public static func main(arguments: [String]) -> Int32 {
    do throws(CopyFailure) {
      guard arguments.count == 2 else {
        throw CopyFailure("expected one argument, a JSON object; got \(arguments.count - 1)")
      }
      raiseDescriptorLimit()
      // Without what is mounted on it: files that are copied to /dev or /etc/hosts have to be in the
      // image, not in what the machine has mounted there.
      let root = clinux_clone_mount("/")
      guard root >= 0 else { throw CopyFailure(errno, "/") }
      try run(CopyRequest(parsing: arguments[1]), into: Root(Descriptor(adopting: root)))
      return 0
    } catch {
      let line = Array((error.message.split(separator: "\n").joined(separator: " ") + "\n").utf8)
      _ = write(STDERR_FILENO, line, line.count)
      return 1
    }
  }

  /// Carries out a request.
  package static func run(
    _ request: CopyRequest, into root: Root
  ) throws(CopyFailure) {
    // A new file's mode is the one that is asked for.
    umask(0)
    let source = try Root(opening: request.sourceRoot)
    let copy = try Copy(request, from: source, to: root)
    try copy.run()
  }

  /// A directory costs two descriptors for as long as what is in it is copied.
  private static func raiseDescriptorLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
