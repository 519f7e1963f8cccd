import CLinux
import Glibc

/// Copies the content of regular files, with their holes.
final class FileContent {
  /// Large enough that the calls themselves cost nothing, even in an emulated machine.
  private static let chunk = 1 << 20
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 4096)

  deinit { buffer.deallocate() }

  /// Copies an open file of the given status to an empty one.
  func copy(
    _ status: stat, from source: Int32, to target: Int32, at path: [UInt8]
  ) throws(CopyFailure) {
    let size = Int(status.st_size)
    guard size > 0 else { return }
    guard Int(status.st_blocks) * 512 < size, hasHole(source, size) else {
      return try copy(from: source, at: 0, size, to: target, path)
    }
    var position = 0
    while position < size {
      let start = Int(lseek(source, off_t(position), CLINUX_SEEK_DATA))
      if start < 0 {
        guard errno == ENXIO else { throw CopyFailure(errno, path) }
        break
      }
      let end = Int(try call(path) { lseek(source, off_t(start), CLINUX_SEEK_HOLE) })
      try copy(from: source, at: start, end - start, to: target, path)
      position = end
    }
    try call(path) { ftruncate(target, off_t(size)) }
  }

  /// A compressed file has fewer blocks than its size, but no hole.
  private func hasHole(_ file: Int32, _ size: Int) -> Bool {
    let hole = lseek(file, 0, CLINUX_SEEK_HOLE)
    return hole >= 0 && Int(hole) < size
  }

  private func copy(
    from source: Int32, at start: Int, _ count: Int, to target: Int32, _ path: [UInt8]
  ) throws(CopyFailure) {
    var position = start
    let end = start + count
    while position < end {
      let wanted = min(buffer.count, end - position)
      let got = try call(path) { pread(source, buffer.baseAddress, wanted, off_t(position)) }
      // The file has become shorter while it was read.
      guard got > 0 else { throw CopyFailure(EIO, path) }
      var written = 0
      while written < got {
        written += try call(path) {
          pwrite(
            target, buffer.baseAddress.map { $0 + written }, got - written,
            off_t(position + written))
        }
      }
      position += got
    }
  }
}
