import CLinux
import Glibc
import GuestProtocol

/// Directories by path.
enum Directories {
  /// Makes a directory and those above it, where they are missing.
  static func make(_ path: String, mode: mode_t = 0o755) throws(GuestFailure) {
    var made = path.utf8.first == UInt8(ascii: "/") ? "" : "."
    for component in path.split(separator: "/") {
      made += "/\(component)"
      if mkdir(made, mode) == 0 || errno == EEXIST { continue }
      throw .system(errno, "make the directory \(made)")
    }
    var status = stat()
    try attempt("make the directory \(path)") { stat(path, &status) }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw .system(ENOTDIR, "make the directory \(path)")
    }
  }
}
