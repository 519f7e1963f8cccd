import Dockerfile
import SystemPackage

/// An image that sandboxes can be started from.
public struct Image: Sendable, Equatable {
  /// `im-…`.
  public var id: String
  /// The read-only disk layers, base first.
  public var layers: [FilePath]
  /// The names of the layers in the layer store, base first.
  var layerNames: [String] { layers.compactMap { $0.lastComponent?.string } }
  /// What it says about its processes.
  ///
  /// The working directory need not exist on the disk when no `RUN` follows its `WORKDIR`: whoever
  /// starts a process there makes it.
  public var config: ImageConfig
  /// What its users are to be told.
  public var warnings: [String]
}

/// What is known of an image, built or not.
public struct ImageSummary: Sendable, Equatable {
  /// `im-…`.
  public var id: String
  /// Where it is in its life.
  public var state: ImageState
  /// What its users are to be told, however the build ends.
  public var warnings: [String]
}

/// Where an image is in its life.
public enum ImageState: Sendable, Equatable {
  /// A build is under way.
  case building
  /// It can be used.
  case built(Image)
  /// The last build failed; asking for the image again starts another.
  case failed(BuildFailure)
}

/// Why an image could not be built.
public struct BuildFailure: Error, Sendable, Codable, Equatable {
  /// What the user is shown: the step, how it ended, and the last lines of its output.
  public var message: String

  /// A failure.
  public init(message: String) { self.message = message }
}
