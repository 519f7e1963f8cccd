import Dockerfile
import Errors
import SystemPackage

/// Finds the images that `FROM` names and that are none of ours.
public protocol BaseResolver: Sendable {
  /// The image of this reference, as `python:3.11-slim-bookworm`.
  ///
  /// Throws `SandlotError`: `failedPrecondition` where it cannot be had, with what to do instead.
  func resolve(_ reference: String) async throws -> ResolvedBase
}

/// A base image, ready to build on.
public struct ResolvedBase: Sendable, Equatable {
  /// The disk layers, base first.
  public var layers: [FilePath]
  /// Its configuration.
  public var config: ImageConfig
  /// Names what the layers hold: equal for equal content, another for other content.
  public var identity: String
  /// What the user is to be told.
  public var warnings: [String]

  /// A base.
  public init(layers: [FilePath], config: ImageConfig, identity: String, warnings: [String] = []) {
    self.layers = layers
    self.config = config
    self.identity = identity
    self.warnings = warnings
  }
}
