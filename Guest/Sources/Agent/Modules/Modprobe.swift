import Glibc
import GuestProtocol

/// A `modprobe` for images that have none: the kernel calls it to load a module on demand.
public enum Modprobe {
  /// Loads the module that the arguments name, with those it depends on.
  ///
  /// - Parameter arguments: the process's, the program's name first. Options are taken and, but
  ///   for the quiet one, ignored; what follows the module's name are its parameters.
  /// - Returns: the exit code.
  public static func main(arguments: [String]) -> Int32 {
    let options = arguments.dropFirst().prefix { $0.hasPrefix("-") }
    let operands = arguments.dropFirst(1 + options.count)
    let isQuiet = options.contains { $0 == "-q" || $0 == "--quiet" }
    let log = Log(descriptor: STDERR_FILENO)
    guard let name = operands.first else {
      log.error("modprobe: no module is named")
      return 1
    }
    do throws(GuestFailure) {
      try load(name, parameters: operands.dropFirst().joined(separator: " "))
      return 0
    } catch {
      if !isQuiet { log.error("modprobe: \(error.message)") }
      return 1
    }
  }

  private static func load(_ name: String, parameters: String) throws(GuestFailure) {
    let directory = "/lib/modules/" + KernelRelease.current
    guard let orders = ModuleIndex(directory: directory).loadOrders(for: name) else {
      throw .system(ENOENT, "find the module \(name) in \(directory)")
    }
    for order in orders {
      for file in order {
        let path = file.hasPrefix("/") ? file : "\(directory)/\(file)"
        try ModuleLoader.load(path, parameters: file == order.last ? parameters : "")
      }
    }
  }
}
