import Glibc
import SystemPackage

/// What the file system knows of files, in one system call.
enum FileTimes {
  /// When a file was last written, in nanoseconds since 1970; nil where there is none.
  static func modified(_ path: FilePath) -> Int64? {
    var info = stat()
    guard path.withPlatformString({ stat($0, &info) }) == 0 else { return nil }
    return Int64(info.st_mtim.tv_sec) * 1_000_000_000 + Int64(info.st_mtim.tv_nsec)
  }

  /// What a file takes of the disk, in bytes; 0 where there is none.
  static func allocated(_ path: FilePath) -> Int64 {
    var info = stat()
    guard path.withPlatformString({ lstat($0, &info) }) == 0 else { return 0 }
    return Int64(info.st_blocks) * 512
  }
}
