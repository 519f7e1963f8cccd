import Errors
import Foundation
import Glibc
import SystemPackage

/// File operations of the layer store, with errors that name the path.
enum LayerFiles {
  /// The bytes that a file takes on disk, holes not counted.
  static func allocatedBytes(of path: FilePath) throws -> Int64 {
    var status = stat()
    guard stat(path.string, &status) == 0 else { throw failure("examine", path) }
    return Int64(status.st_blocks) * 512
  }

  /// The bytes that are free, for this process, on a directory's file system.
  static func freeBytes(at directory: FilePath) throws -> Int64 {
    var status = statvfs()
    guard statvfs(directory.string, &status) == 0 else { throw failure("examine", directory) }
    return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
  }

  /// Makes a file the server's own, read-only for everyone, and safe against a power cut.
  static func seal(_ path: FilePath) throws {
    let number = open(path.string, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard number >= 0 else { throw failure("open", path) }
    defer { close(number) }
    guard fchown(number, geteuid(), getegid()) == 0, fchmod(number, 0o444) == 0,
      fsync(number) == 0
    else { throw failure("write", path) }
  }

  /// Makes changes of a directory's entries safe against a power cut.
  static func sync(_ directory: FilePath) throws {
    let number = open(directory.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { throw failure("open", directory) }
    defer { close(number) }
    guard fsync(number) == 0 else { throw failure("write", directory) }
  }

  static func rename(_ source: FilePath, to target: FilePath) throws {
    guard Glibc.rename(source.string, target.string) == 0 else { throw failure("write", target) }
  }

  /// Gives a file a second name; false where that is on another file system.
  static func link(_ source: FilePath, as target: FilePath) throws -> Bool {
    if Glibc.link(source.string, target.string) == 0 || errno == EEXIST { return true }
    guard errno == EXDEV else { throw failure("link", source) }
    return false
  }

  /// Removes a file; one that does not exist is fine.
  static func remove(_ path: FilePath) throws {
    guard unlink(path.string) == 0 || errno == ENOENT else { throw failure("remove", path) }
  }

  static func exists(_ path: FilePath) -> Bool { access(path.string, F_OK) == 0 }

  /// The error for a failed system call; reads `errno`, so it must come right after it.
  private static func failure(_ verb: String, _ path: FilePath) -> SandlotError {
    let code = errno
    let reason = String(cString: strerror(code))
    guard code != ENOSPC, code != EDQUOT else {
      return SandlotError(
        .resourceExhausted, "The disk is full: cannot \(verb) \(path).", hint: LayerStore.freeHint)
    }
    return SandlotError(.internal, "Cannot \(verb) \(path): \(reason).")
  }
}
