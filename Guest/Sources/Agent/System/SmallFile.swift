import CLinux
import Glibc
import GuestProtocol

/// Reads and writes of whole small files, by paths that the sandbox's user may have tampered with.
package enum SmallFile {
  /// What no configuration file exceeds; a larger one is not read.
  private static let limit = 16 << 20

  /// The bytes of a regular file, or nil where there is none that can be read.
  ///
  /// A FIFO or a device at the path is not waited for.
  package static func read(_ path: String) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    let descriptor = Descriptor(owning: file)
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: min(limit, max(4096, Int(status.st_size) + 1)))
    while bytes.count <= limit {
      let count = retried { Glibc.read(descriptor.number, &buffer, buffer.count) }
      guard count >= 0 else { return nil }
      if count == 0 { return bytes }
      bytes.append(contentsOf: buffer.prefix(count))
    }
    return nil
  }

  /// The text of a file of /proc or /sys without its line end, or nil.
  static func readLine(_ path: String) -> String? {
    guard let bytes = read(path) else { return nil }
    return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  /// Replaces or makes a file. A symbolic link at the path is replaced, not followed.
  package static func replace(
    _ path: String, with text: some Sequence<UInt8>, mode: mode_t = 0o644
  ) throws(GuestFailure) {
    var status = stat()
    if lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG { unlink(path) }
    try write(Array(text), to: path, flags: O_CREAT | O_TRUNC, mode: mode)
  }

  /// Appends to a file, which is made where it is missing.
  package static func append(_ bytes: [UInt8], to path: String) throws(GuestFailure) {
    try write(bytes, to: path, flags: O_CREAT | O_APPEND, mode: 0o644)
  }

  /// Writes a setting of /proc or /sys.
  static func set(_ path: String, to value: String) throws(GuestFailure) {
    try write(Array(value.utf8), to: path, flags: 0, mode: 0)
  }

  private static func write(
    _ bytes: [UInt8], to path: String, flags: Int32, mode: mode_t
  ) throws(GuestFailure) {
    let file = try attempt("open \(path) for writing") {
      open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK | flags, mode)
    }
    let descriptor = Descriptor(owning: file)
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = try attempt("write \(path)") {
        rest.withUnsafeBytes { Glibc.write(descriptor.number, $0.baseAddress, $0.count) }
      }
      rest = rest.dropFirst(count)
    }
  }
}
