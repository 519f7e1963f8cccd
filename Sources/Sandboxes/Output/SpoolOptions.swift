import Glibc
import SystemPackage

/// How output is kept and read.
public struct SpoolOptions: Sendable {
  /// The largest piece that a reader hands out, in bytes.
  public var maximumChunk = 256 * 1024
  /// A reader that has just handed out a piece waits so long for the next, so that a process that
  /// writes little and often costs few messages. The first piece never waits.
  public var coalescing: Duration = .milliseconds(5)
  /// No reader waits once so many bytes are there.
  public var coalescedBytes: Int64 = 64 * 1024
  /// How many bytes a writer may be ahead of whoever reads and has come furthest; nil means any
  /// number. Without a reader nothing holds it back.
  public var readAhead: Int64?
  /// How many of the newest bytes are kept at least; nil means all. What goes is gone for readers that
  /// are so far behind too.
  public var keptBytes: Int64?
  /// Bytes that must stay free on the file system; below, writing waits.
  public var freeSpaceFloor: Int64 = 256 << 20
  /// How often a writer that waits for space looks again.
  public var spaceInterval: Duration = .seconds(1)
  /// Bytes free to unprivileged users on a path's file system; nil where it cannot be told.
  public var freeSpace: @Sendable (FilePath) -> Int64? = SpoolOptions.freeSpace

  /// The defaults.
  public init() {}

  /// What `statvfs` says.
  private static func freeSpace(_ path: FilePath) -> Int64? {
    var info = statvfs()
    guard path.withPlatformString({ statvfs($0, &info) }) == 0 else { return nil }
    return Int64(clamping: UInt64(info.f_bavail) * UInt64(info.f_frsize))
  }
}
