import Glibc
import GuestProtocol

/// The `modprobe` that the kernel calls to load a module on demand: the image's own where it has one, whose
/// settings (`/etc/modprobe.d`) count then, and otherwise the agent.
public enum Modprobe {
  /// Where the image's own is.
  private static let places = ["/sbin/modprobe", "/usr/sbin/modprobe"]

  /// Loads the module that the arguments name, with those it depends on.
  ///
  /// - Parameter arguments: the process's, the program's name first. Options are taken and, but
  ///   for the quiet one, ignored; what follows the module's name are its parameters.
  /// - Returns: the exit code.
  public static func main(arguments: [String]) -> Int32 {
    for place in places where isAnother(place) { execute(place, arguments) }
    let options = arguments.dropFirst().prefix { $0.hasPrefix("-") }
    let operands = arguments.dropFirst(1 + options.count)
    let isQuiet = options.contains { $0 == "-q" || $0 == "--quiet" }
    let log = Log(descriptor: STDERR_FILENO)
    guard let name = operands.first else {
      log.error("modprobe: no module is named")
      return 1
    }
    do throws(GuestFailure) {
      var loader = ModuleLoading(directory: "/lib/modules/" + KernelRelease.current)
      try loader.load(name, parameters: operands.dropFirst().joined(separator: " "))
      return 0
    } catch {
      if !isQuiet { log.error("modprobe: \(error.message)") }
      return 1
    }
  }

  /// Whether there is a program that is not this very one, to which an image may have a link.
  private static func isAnother(_ path: String) -> Bool {
    var other = stat()
    var own = stat()
    guard access(path, X_OK) == 0, stat(path, &other) == 0, stat("/proc/self/exe", &own) == 0 else {
      return false
    }
    return other.st_dev != own.st_dev || other.st_ino != own.st_ino
  }

  /// Becomes another program; returns where it cannot be executed.
  private static func execute(_ path: String, _ arguments: [String]) {
    CStringArray.with([path] + arguments.dropFirst(), [], []) { arguments, _, _ in
      guard let arguments else { return }
      _ = execv(path, arguments)
    }
  }
}
