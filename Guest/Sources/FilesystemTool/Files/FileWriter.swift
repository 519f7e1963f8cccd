import Glibc

/// The operation WriteFile.
enum FileWriter {
  /// Writes everything from `input` to the file at `path`, in place of what it held.
  ///
  /// It writes into an existing file itself, so that mode, owner, hard links and the target of a
  /// symbolic link stay as they are; a failure may leave the first part of the new content.
  /// Missing parent directories are made. When it returns, every write and the closing of the
  /// file have succeeded: any process of the sandbox sees the content, and a snapshot holds it.
  /// It does not wait for the disk (`fsync`): that would guard against a crash of the machine,
  /// which no sandbox outlives.
  static func write(_ input: Int32, to path: AbsolutePath) throws(FilesystemError) {
    guard !path.requiresDirectory else { throw FilesystemError(code: EISDIR, during: "open") }
    let file = try open(path)
    try ByteStream.copy(from: input, to: file.number)
    try file.close()
  }

  private static func open(_ path: AbsolutePath) throws(FilesystemError) -> Descriptor {
    do throws(FilesystemError) {
      return try openExisting(path)
    } catch {
      guard error.code == ENOENT else { throw error }
    }
    do throws(FilesystemError) {
      return try create(path)
    } catch {
      guard error.code == ENOENT else { throw error }
    }
    try DirectoryMaker.makeParents(of: path)
    return try create(path)
  }

  /// Opens without `O_CREAT`: with it, the kernel refuses even root a file of somebody else's in
  /// a sticky directory such as /tmp (`fs.protected_regular`).
  private static func openExisting(_ path: AbsolutePath) throws(FilesystemError) -> Descriptor {
    let status = try SystemCall.status(of: path.bytes, followingLink: true)
    if status.isDirectory { throw FilesystemError(code: EISDIR, during: "open") }
    guard status.isRegularFile || status.type == S_IFCHR else {
      throw FilesystemError(.io, "Not a regular file (\(status.typeName))")
    }
    return try Descriptor(opening: path.bytes, O_WRONLY | O_TRUNC | O_NONBLOCK)
  }

  private static func create(_ path: AbsolutePath) throws(FilesystemError) -> Descriptor {
    try Descriptor(
      opening: path.bytes, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK, mode: 0o666)
  }
}
