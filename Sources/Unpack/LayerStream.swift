import CArchive
import Crypto
import UnpackRequest

/// A layer's content: a compressed file, unpacked and hashed on its way to whoever reads the archive.
final class LayerStream {
  private let raw: OpaquePointer
  private var hash = SHA256()
  /// The bytes that were unpacked so far.
  private(set) var bytes: Int64 = 0
  /// How many there may be.
  private let limit: Int64
  /// Whether all was read; from the beginning for an empty file, which is an empty layer.
  private var isAtEnd: Bool
  /// Why no more can be read.
  private(set) var failure: UnpackResult.Failure?

  /// A stream of an open file, whose compression is found out.
  init(descriptor: Int32, limit: Int64) throws(UnpackResult.Failure) {
    guard let raw = archive_read_new() else { throw Self.noMemory }
    self.raw = raw
    self.limit = limit
    for filter in [
      archive_read_support_filter_gzip, archive_read_support_filter_zstd,
      archive_read_support_filter_xz, archive_read_support_filter_bzip2,
    ] { _ = filter(raw) }
    archive_read_support_format_raw(raw)
    archive_read_support_format_empty(raw)
    var entry: OpaquePointer?
    guard archive_read_open_fd(raw, descriptor, 1 << 20) == ARCHIVE_OK else {
      isAtEnd = true
      throw UnpackResult.Failure(.refused, "its compression is broken: \(text(raw))")
    }
    let status = archive_read_next_header(raw, &entry)
    isAtEnd = status == ARCHIVE_EOF
    guard isAtEnd || status >= ARCHIVE_WARN else {
      throw UnpackResult.Failure(.refused, "its compression is broken: \(text(raw))")
    }
  }

  deinit { archive_read_free(raw) }

  static let noMemory = UnpackResult.Failure(.host, "there is no memory for it")

  /// The next bytes, valid until the next call; nil at the end and after a failure.
  func next() -> UnsafeRawBufferPointer? {
    guard !isAtEnd, failure == nil else { return nil }
    var start: UnsafeRawPointer?
    var (count, offset) = (0, la_int64_t(0))
    let status = archive_read_data_block(raw, &start, &count, &offset)
    guard status == ARCHIVE_OK || status == ARCHIVE_WARN else {
      isAtEnd = status == ARCHIVE_EOF
      if !isAtEnd {
        failure = UnpackResult.Failure(.refused, "its compression is broken: \(text(raw))")
      }
      return nil
    }
    bytes += Int64(count)
    guard bytes <= limit else {
      failure = UnpackResult.Failure(.tooMuch, "bytes")
      return nil
    }
    let block = UnsafeRawBufferPointer(start: start, count: count)
    hash.update(bufferPointer: block)
    return block
  }

  /// Reads what the archive's reader has left, and returns the digest of all.
  func digest() throws(UnpackResult.Failure) -> String {
    while next() != nil {}
    if let failure { throw failure }
    return "sha256:"
      + hash.finalize().map { byte in
        let text = String(byte, radix: 16)
        return text.count == 1 ? "0" + text : text
      }.joined()
  }
}

/// What libarchive says of its last failure.
func text(_ archive: OpaquePointer) -> String {
  guard let text = archive_error_string(archive) else { return "unknown reason" }
  return String(cString: text)
}
