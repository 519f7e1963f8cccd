import CArchive
import UnpackRequest

extension LayerStream {
  /// libarchive's way to ask for bytes: how many there are at `block`, 0 at the end, -1 after a failure.
  fileprivate func read(_ block: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
    while let bytes = next() {
      // A block without bytes would be taken for the end.
      guard !bytes.isEmpty else { continue }
      block.pointee = bytes.baseAddress
      return bytes.count
    }
    return failure == nil ? 0 : -1
  }
}

/// The entries of a layer's tar archive.
final class LayerArchive {
  let handle: OpaquePointer
  private let stream: LayerStream

  /// An archive that is read from a stream, which must outlive it.
  init(_ stream: LayerStream) throws(UnpackResult.Failure) {
    guard let handle = archive_read_new() else { throw LayerStream.noMemory }
    self.handle = handle
    self.stream = stream
    archive_read_support_format_tar(handle)
    archive_read_support_format_empty(handle)
    let context = Unmanaged.passUnretained(stream).toOpaque()
    let status = archive_read_open(
      handle, context, nil,
      { _, context, block in
        guard let context, let block else { return -1 }
        return Unmanaged<LayerStream>.fromOpaque(context).takeUnretainedValue().read(block)
      }, nil)
    guard status == ARCHIVE_OK else { throw failure() }
  }

  deinit { archive_read_free(handle) }

  /// The next entry; nil at the end.
  func next() throws(UnpackResult.Failure) -> OpaquePointer? {
    var entry: OpaquePointer?
    switch archive_read_next_header(handle, &entry) {
    case ARCHIVE_OK, ARCHIVE_WARN: return entry
    case ARCHIVE_EOF: return nil
    default: throw failure()
    }
  }

  func failure() -> UnpackResult.Failure {
    stream.failure
      ?? UnpackResult.Failure(.refused, "it is no sound tar archive: \(text(handle))")
  }
}
