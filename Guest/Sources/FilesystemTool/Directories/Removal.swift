import Glibc

/// The operation Remove.
enum Removal {
  /// Removes what is at `path`: a symbolic link itself, never what it points to.
  ///
  /// - Parameter recursive: also removes what is in a directory. It does not enter other file
  ///   systems: a mount point below (a volume, an image) makes it fail with all that is mounted
  ///   there untouched.
  static func remove(_ path: AbsolutePath, recursive: Bool) throws(FilesystemError) {
    guard let name = path.name else {
      throw FilesystemError(.invalidArgument, "Refusing to remove the root directory")
    }
    guard name != Array("..".utf8) else {
      throw FilesystemError(.invalidArgument, "Refusing to remove a path that ends in \"..\"")
    }
    let status = try SystemCall.status(of: path.bytes, followingLink: false)
    guard status.isDirectory else {
      if path.requiresDirectory { throw FilesystemError(code: ENOTDIR, during: "unlink") }
      return try unlink(path.bytes, in: AT_FDCWD, 0)
    }
    guard recursive else { return try unlink(path.bytes, in: AT_FDCWD, AT_REMOVEDIR) }
    var removal = try TreeRemoval(of: name, in: path.parent)
    try removal.run()
  }

  /// Removes one name of a directory: a file, or an empty directory with `AT_REMOVEDIR`.
  static func unlink(
    _ path: [UInt8], in directory: Int32, _ flags: Int32
  ) throws(FilesystemError) {
    do throws(FilesystemError) {
      try SystemCall.perform("unlink(\(SystemCall.describe(path)))") {
        SystemCall.withPath(path) { unlinkat(directory, $0, flags) }
      }
    } catch {
      // POSIX lets a file system tell "not empty" with either number.
      guard error.code == EEXIST else { throw error }
      throw FilesystemError(code: ENOTEMPTY, during: "unlink(\(SystemCall.describe(path)))")
    }
  }
}
