import Crypto
import Errors
import Glibc
import SystemPackage

/// Small file operations of the preparation and the network, with errors that name the path.
package enum HostFiles {
  package static func exists(_ path: FilePath) -> Bool {
    access(path.string, F_OK) == 0
  }

  package static func isExecutable(_ path: FilePath) -> Bool {
    access(path.string, X_OK) == 0 && !isDirectory(path)
  }

  package static func isDirectory(_ path: FilePath) -> Bool {
    var status = stat()
    return stat(path.string, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The bytes that the file occupies on disk, holes not counted.
  package static func allocatedBytes(of path: FilePath) throws -> Int64 {
    var status = stat()
    guard stat(path.string, &status) == 0 else { throw failure("examine", path) }
    return Int64(status.st_blocks) * 512
  }

  /// Makes the directory and its parents; one that exists is fine.
  package static func makeDirectory(_ path: FilePath) throws {
    guard !isDirectory(path) else { return }
    let parent = path.removingLastComponent()
    if !parent.isEmpty, parent != path { try makeDirectory(parent) }
    guard mkdir(path.string, 0o755) == 0 || errno == EEXIST else { throw failure("make", path) }
  }

  package static func rename(_ source: FilePath, to target: FilePath) throws {
    guard Glibc.rename(source.string, target.string) == 0 else { throw failure("write", target) }
  }

  /// Removes a file; one that does not exist is fine.
  package static func removeFile(_ path: FilePath) throws {
    guard unlink(path.string) == 0 || errno == ENOENT else { throw failure("remove", path) }
  }

  package static func setPermissions(_ mode: mode_t, of path: FilePath) throws {
    guard chmod(path.string, mode) == 0 else { throw failure("set the permissions of", path) }
  }

  /// Makes a symbolic link in place of whatever file has its name.
  package static func link(_ path: FilePath, to target: String) throws {
    try removeFile(path)
    guard symlink(target, path.string) == 0 else { throw failure("make", path) }
  }

  /// The names in a directory, sorted, without `.` and `..`.
  package static func names(in directory: FilePath) throws -> [String] {
    guard let stream = opendir(directory.string) else { throw failure("list", directory) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// The error for a failed system call on a path; reads `errno`, so it must come right after it.
  package static func failure(_ verb: String, _ path: FilePath) -> SandlotError {
    failure(verb, path, Errno(rawValue: errno))
  }

  package static func failure(_ verb: String, _ path: FilePath, _ cause: Errno) -> SandlotError {
    switch cause {
    case .noSpace, .diskQuotaExceeded:
      SandlotError(
        .resourceExhausted, "The disk is full: cannot \(verb) \(path).",
        hint: "Free some space, or move the data directory to a larger disk.")
    case .permissionDenied, .notPermitted, .readOnlyFileSystem:
      SandlotError(.permissionDenied, "Cannot \(verb) \(path): \(cause).")
    case .noSuchFileOrDirectory:
      SandlotError(.notFound, "Cannot \(verb) \(path): \(cause).")
    default:
      SandlotError(.internal, "Cannot \(verb) \(path): \(cause).")
    }
  }
}
