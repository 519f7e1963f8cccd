import Foundation

/// Where a frozen disk comes from that becomes an image.
public struct SnapshotOrigin: Sendable, Equatable {
  /// The caller's id for the snapshot.
  public var snapshotID: String
  /// The sandbox whose disk it is.
  public var sandboxID: String
  /// The image that the sandbox was started from.
  public var imageID: String
  /// The names of the layers below, base first.
  public var layers: [String]
  /// When the image is of no use any more; nil means never.
  public var expiresAt: Date?

  /// An origin.
  public init(
    snapshotID: String, sandboxID: String, imageID: String, layers: [String], expiresAt: Date?
  ) {
    self.snapshotID = snapshotID
    self.sandboxID = sandboxID
    self.imageID = imageID
    self.layers = layers
    self.expiresAt = expiresAt
  }
}
