import Glibc

/// The operation MakeDirectory.
enum DirectoryMaker {
  /// Makes the directory at `path`.
  ///
  /// - Parameter parents: also makes what is missing on the way, and accepts that the directory
  ///   is there already.
  static func make(_ path: AbsolutePath, parents: Bool) throws(FilesystemError) {
    do throws(FilesystemError) {
      try make(path)
    } catch {
      guard parents else { throw error }
      if isDirectory(path) { return }
      guard error.code == ENOENT else { throw error }
      try makeParents(of: path)
      try makeUnlessPresent(path)
    }
  }

  /// Makes the directories that are missing above `path`.
  static func makeParents(of path: AbsolutePath) throws(FilesystemError) {
    for ancestor in path.ancestors {
      do throws(FilesystemError) {
        try makeUnlessPresent(ancestor)
      } catch {
        // In the middle of a path, something that exists but is no directory.
        guard error.code == EEXIST else { throw error }
        throw FilesystemError(code: ENOTDIR, during: "mkdir(\(ancestor))")
      }
    }
  }

  private static func makeUnlessPresent(_ path: AbsolutePath) throws(FilesystemError) {
    do throws(FilesystemError) {
      try make(path)
    } catch {
      // Not only after EEXIST: a read-only or forbidden parent may hold the directory already.
      guard isDirectory(path) else { throw error }
    }
  }

  private static func make(_ path: AbsolutePath) throws(FilesystemError) {
    let bytes = path.bytes
    try SystemCall.perform("mkdir(\(SystemCall.describe(bytes)))") {
      SystemCall.withPath(bytes) { mkdir($0, 0o777) }
    }
  }

  private static func isDirectory(_ path: AbsolutePath) -> Bool {
    (try? SystemCall.status(of: path.bytes, followingLink: true).isDirectory) ?? false
  }
}
