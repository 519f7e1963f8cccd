import Errors
import Glibc

/// A small file that only its owner may read, made once.
struct SecretFile {
  let path: String
  /// How messages name it, with a capital letter.
  let subject: String

  /// The file's bytes; where there is no file, one is made of `content` first.
  func loadOrCreate(_ content: () -> [UInt8]) throws(SandlotError) -> [UInt8] {
    if let bytes = try load() { return bytes }
    try create(content())
    guard let bytes = try load() else {
      throw SandlotError(.internal, "\(subject) '\(path)' was removed while it was being made.")
    }
    return bytes
  }

  /// Puts `bytes` there in place of what was.
  func replace(_ bytes: [UInt8]) throws(SandlotError) {
    unlink(path)
    try create(bytes)
  }

  /// The file's bytes; nil where there is none.
  func load() throws(SandlotError) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw failure("read", path, errno)
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw failure("read", path, errno) }
    guard status.st_mode & 0o077 == 0 else {
      throw SandlotError(
        .failedPrecondition, "\(subject) '\(path)' can be read by others.",
        hint: "Run 'chmod 600 \(path)'; if others may have read it, remove it instead.")
    }
    // One byte more than any of these files has shows that a file is too long.
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(file, &bytes, bytes.count)
    guard count >= 0 else { throw failure("read", path, errno) }
    return Array(bytes.prefix(count))
  }

  /// Makes the file whole or not at all; where another process was faster, its file stays.
  private func create(_ bytes: [UInt8]) throws(SandlotError) {
    let draft = "\(path).\(UInt64.random(in: .min ... .max))"
    let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failure("written", draft, errno) }
    defer { unlink(draft) }
    defer { close(file) }
    guard write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else {
      throw failure("written", draft, errno)
    }
    // A link, unlike a rename, never replaces what is there.
    guard link(draft, path) == 0 || errno == EEXIST else { throw failure("written", path, errno) }
  }

  private func failure(_ verb: String, _ path: String, _ code: Int32) -> SandlotError {
    SandlotError(
      .internal, "\(subject) '\(path)' could not be \(verb): \(String(cString: strerror(code))).",
      hint: "Its folder must exist and belong to the user that runs the server.")
  }
}
