import CLinux
import Glibc
import GuestProtocol

/// The delivered files below a directory, and the root that they go to.
struct RootView: DeliveryView {
  /// Where the files are.
  let source: String

  func delivered(in path: String) throws(GuestFailure) -> [DeliveredEntry] {
    let entries = try Self.entries(of: source + path)
    return entries.map { DeliveredEntry(name: $0.name, isDirectory: $0.type == DT_DIR) }
  }

  func place(_ path: String) throws(GuestFailure) -> DeliveryPlace {
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard errno == ENOENT else { throw .system(errno, "look at \(path)") }
      return .nothing
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { return .file }
    return try Self.entries(of: path, limit: 1).isEmpty ? .emptyDirectory : .directory
  }

  /// The names in a directory, without `.` and `..`; at most `limit`.
  private static func entries(
    of path: String, limit: Int = .max
  ) throws(GuestFailure) -> [(name: String, type: UInt8)] {
    guard let stream = opendir(path) else { throw .system(errno, "list \(path)") }
    defer { closedir(stream) }
    var found: [(name: String, type: UInt8)] = []
    while found.count < limit, let entry = readdir(stream) {
      guard let name = clinux_entry_name(entry).map({ String(cString: $0) }) else { continue }
      if name != ".", name != ".." { found.append((name, entry.pointee.d_type)) }
    }
    return found
  }
}
