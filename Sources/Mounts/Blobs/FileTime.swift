import CFileHoles
import Errors
import Foundation
import Glibc
import Machines
import SystemPackage

/// When files were last used, which their modification time says, and how they get onto the disk.
enum FileTime {
  /// When a file was last used; nil where there is none.
  static func of(_ path: FilePath) -> Date? {
    var status = stat()
    guard stat(path.string, &status) == 0 else { return nil }
    return Date(
      timeIntervalSince1970: Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9)
  }

  /// Says that a file is used; false where there is none.
  @discardableResult
  static func set(_ path: FilePath, to date: Date) -> Bool {
    let seconds = date.timeIntervalSince1970.rounded(.down)
    let rest = (date.timeIntervalSince1970 - seconds) * 1e9
    let time = timespec(tv_sec: Int(seconds), tv_nsec: Int(rest))
    return utimensat(AT_FDCWD, path.string, [time, time], 0) == 0
  }

  /// Has the kernel begin to write a file to the disk.
  static func beginWriting(_ path: FilePath) throws {
    try withFile(path) { _ = sandlot_begin_writing($0) }
  }

  /// Returns once a file or a directory is safe on the disk.
  static func sync(_ path: FilePath) throws {
    try withFile(path) { descriptor in
      guard fsync(descriptor) == 0 else { throw HostFiles.failure("write", path) }
    }
  }

  private static func withFile(_ path: FilePath, _ body: (Int32) throws -> Void) throws {
    let descriptor = open(path.string, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw HostFiles.failure("open", path) }
    defer { close(descriptor) }
    try body(descriptor)
  }
}
