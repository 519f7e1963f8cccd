import Crypto
import Glibc
import SystemPackage

/// Files that are mostly holes.
enum SparseFile {
  /// SEEK_DATA and SEEK_HOLE of lseek(2), which Swift's Glibc module does not show.
  private static let (data, hole): (Int32, Int32) = (3, 4)

  /// The SHA-256, in hexadecimal, of a file's size and of its data with their places; holes cost
  /// nothing. A file system that keeps zeros as data, or data as holes, gives another digest: the
  /// file must stay where it is.
  static func digest(of path: FilePath) throws -> String {
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
      return try file.closeAfter { try digest(of: file) }
    } catch let cause as Errno {
      throw HostFiles.failure("read", path, cause)
    }
  }

  private static func digest(of file: FileDescriptor) throws -> String {
    var hash = SHA256()
    let size = try file.seek(offset: 0, from: .end)
    add(size, to: &hash)
    var block = [UInt8](repeating: 0, count: 1 << 20)
    var position: Int64 = 0
    while let start = try seek(file, to: data, from: position) {
      let end = try seek(file, to: hole, from: start) ?? size
      add(start, to: &hash)
      add(end, to: &hash)
      position = start
      while position < end {
        let wanted = Int(min(Int64(block.count), end - position))
        let count = try block.withUnsafeMutableBytes {
          try file.read(fromAbsoluteOffset: position, into: .init(rebasing: $0[..<wanted]))
        }
        guard count > 0 else { throw Errno.ioError }
        block.withUnsafeBytes { hash.update(bufferPointer: .init(rebasing: $0[..<count])) }
        position += Int64(count)
      }
    }
    return HostFiles.hexadecimal(hash.finalize())
  }

  private static func add(_ number: Int64, to hash: inout SHA256) {
    withUnsafeBytes(of: number.littleEndian) { hash.update(bufferPointer: $0) }
  }

  /// The next data or hole; nil where there is none.
  private static func seek(
    _ file: FileDescriptor, to whence: Int32, from position: Int64
  ) throws -> Int64? {
    let result = lseek(file.rawValue, Int(position), whence)
    if result >= 0 { return Int64(result) }
    // ENXIO of lseek(2): behind the last data.
    guard errno == ENXIO else { throw Errno(rawValue: errno) }
    return nil
  }
}
