import Glibc

/// Symbolic links of the root.
enum SymbolicLinks {
  /// Where a path leads to in the end; the path itself where that cannot be told.
  static func target(of path: String) -> String {
    guard let target = realpath(path, nil) else { return path }
    defer { free(target) }
    return String(cString: target)
  }
}
