import CFileHoles
import Glibc
import SystemPackage

/// Giving the oldest part of a file back to the disk, while offsets in it stay what they are.
enum FileHole {
  /// File systems give back whole blocks only; none that is usual has larger ones.
  private static let block: Int64 = 128 << 10

  /// The last block's border at or before an offset.
  static func aligned(_ offset: Int64) -> Int64 { offset / block * block }

  /// Gives back the blocks of a part of a file. Throws `Errno`, `notSupported` where the file system
  /// cannot do it.
  static func punch(_ file: FileDescriptor, from start: Int64, to end: Int64) throws(Errno) {
    let code = sandlot_punch_hole(file.rawValue, start, end - start)
    guard code == 0 else { throw Errno(rawValue: code) }
  }

  /// Where the data of a file begins; its size where it has none.
  static func firstData(of file: FileDescriptor) throws(Errno) -> Int64 {
    let first = sandlot_first_data(file.rawValue, 0)
    guard first >= 0 else { throw .current }
    return first
  }
}

extension Errno {
  /// What the last system call of this thread failed with.
  fileprivate static var current: Errno { Errno(rawValue: errno) }
}
