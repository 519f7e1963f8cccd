import Foundation

/// What images may take on disk, and how long they are kept.
public struct LibraryLimits: Sendable, Equatable {
  /// The bytes of all layers together; beyond it the least recently used images and cached steps go.
  public var totalBytes: Int64 = 200 << 30
  /// How long an image or a cached step is kept that nobody uses.
  public var retention: TimeInterval = 30 * 24 * 3600
  /// What was used so lately is never removed: somebody may be about to start from it.
  var grace: TimeInterval = 600

  /// The usual limits.
  public init() {}
}
