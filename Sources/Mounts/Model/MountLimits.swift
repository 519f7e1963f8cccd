import Foundation

/// What clients may send, and how long it is kept.
public struct MountLimits: Sendable, Equatable {
  /// The bytes of the largest file.
  public var fileBytes: Int64 = 16 << 30
  /// The bytes of all files of a mount together.
  public var mountBytes: Int64 = 64 << 30
  /// How many files a mount may have.
  public var mountFiles = 200_000
  /// How long a file is kept that no mount has, since it came or was last asked for.
  public var looseRetention: TimeInterval = 24 * 3600
  /// How long a mount without a name is kept that nobody uses.
  public var mountRetention: TimeInterval = 7 * 24 * 3600
  /// How long an archive is kept that nobody uses.
  public var archiveRetention: TimeInterval = 24 * 3600
  /// The bytes of all archives together; the least recently used go first.
  public var archiveBytes: Int64 = 32 << 30
  /// How long an upload's address can be used.
  public var uploadTime: TimeInterval = 3600

  /// The usual limits.
  public init() {}
}
