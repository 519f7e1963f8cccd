import Foundation
import SystemPackage

/// A sandbox's disk as it was at one instant, on its way to become an image.
public struct DiskSnapshot: Sendable, Equatable {
  /// The caller's id for it, unique among all snapshots.
  public var id: String
  /// The sandbox.
  public var sandboxID: String
  /// The image that the sandbox was started from, whose configuration the new one gets.
  public var imageID: String
  /// The layers below the frozen one, base first.
  public var layers: [FilePath]
  /// When it is of no use any more; nil means never.
  public var expiresAt: Date?

  /// A snapshot.
  public init(
    id: String, sandboxID: String, imageID: String, layers: [FilePath], expiresAt: Date?
  ) {
    self.id = id
    self.sandboxID = sandboxID
    self.imageID = imageID
    self.layers = layers
    self.expiresAt = expiresAt
  }
}

/// A snapshot that has become an image.
public struct KeptSnapshot: Sendable, Equatable {
  /// The image's id.
  public var imageID: String
  /// The layer that the frozen disk has become.
  public var layer: FilePath

  /// A kept snapshot.
  public init(imageID: String, layer: FilePath) {
    self.imageID = imageID
    self.layer = layer
  }
}

/// What a client asks for.
public struct SnapshotRequest: Sendable, Equatable {
  /// The client's id for it: a request with one that was answered before gets the same answer.
  public var id: String
  /// How long the image is to be kept, in seconds; nil means for ever.
  public var secondsToLive: Int64?

  /// A request.
  public init(id: String, secondsToLive: Int64?) {
    self.id = id
    self.secondsToLive = secondsToLive
  }
}
