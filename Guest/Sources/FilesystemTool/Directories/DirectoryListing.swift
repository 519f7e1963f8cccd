import Glibc

/// The operation ListFiles.
enum DirectoryListing {
  /// Describes what is directly in the directory at `path`, sorted by the bytes of the names. A
  /// symbolic link to a directory is followed.
  static func entries(of path: AbsolutePath) throws(FilesystemError) -> [FileEntry] {
    var stream = try DirectoryStream(opening: path.strictBytes)
    var names: [[UInt8]] = []
    while let entry = try stream.next() { names.append(entry.name) }
    names.sort { $0.lexicographicallyPrecedes($1) }

    let accounts = Accounts()
    let directory = path.bytes
    var entries: [FileEntry] = []
    entries.reserveCapacity(names.count)
    for name in names {
      do throws(FilesystemError) {
        entries.append(
          try FileEntry(
            name: name, path: AbsolutePath.join(directory, name), lookup: name,
            in: stream.descriptor, accounts: accounts))
      } catch {
        // Removed since its name was read.
        guard error.code == ENOENT else { throw error }
      }
    }
    return entries
  }
}
