import Glibc

/// The operation ReadFile.
enum FileReader {
  /// The largest file that the SDK promises to read: 5 GiB.
  static let sizeLimit = 5 << 30

  /// Copies the content of the file at `path` to a descriptor.
  ///
  /// Only regular files: a FIFO, a socket or a terminal could keep the reader waiting for ever.
  /// Data goes through a buffer, not by `splice`: what has been read is then safe from a later
  /// writer of the same file.
  static func read(_ path: AbsolutePath, to output: Int32) throws(FilesystemError) {
    // Looked at before it is opened: opening a device can already do something.
    try checkType(try SystemCall.status(of: path.strictBytes, followingLink: true))
    let file = try Descriptor(opening: path.strictBytes, O_RDONLY | O_NONBLOCK)
    let status = try file.status()
    try checkType(status)
    guard status.st_size <= sizeLimit else { throw .fileTooLarge(limit: sizeLimit) }
    // Files of /proc have size 0 and content all the same, and some of them (`kmsg`) wait for
    // more at their end.
    try ByteStream.copy(from: file.number, to: output, limit: sizeLimit, whenEmpty: .stop)
  }

  private static func checkType(_ status: stat) throws(FilesystemError) {
    if status.isDirectory { throw FilesystemError(code: EISDIR, during: "open") }
    guard status.isRegularFile else {
      throw FilesystemError(.io, "Not a regular file (\(status.typeName))")
    }
  }
}

extension stat {
  /// The type of a special file, for a person.
  var typeName: String {
    switch type {
    case S_IFIFO: "a FIFO"
    case S_IFSOCK: "a socket"
    case S_IFCHR: "a character device"
    case S_IFBLK: "a block device"
    default: "of unknown type"
    }
  }
}
