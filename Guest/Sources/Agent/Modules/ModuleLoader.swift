import CLinux
import Glibc
import GuestProtocol

/// Loads kernel modules.
enum ModuleLoader {
  /// MODULE_INIT_COMPRESSED_FILE of linux/module.h.
  private static let isCompressed: Int32 = 4

  /// Loads the module in a file; one that is loaded already is fine.
  static func load(_ path: String, parameters: String = "") throws(GuestFailure) {
    let file = try Descriptor.open(path, O_RDONLY)
    let flags = path.hasSuffix(".ko") ? 0 : isCompressed
    let result = retried { clinux_load_module(file.number, parameters, flags) }
    guard result == 0 || errno == EEXIST else { throw .system(errno, "load the module \(path)") }
  }
}
