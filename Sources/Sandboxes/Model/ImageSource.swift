import Errors
import SystemPackage

/// Where sandboxes get the images that they name.
public protocol ImageSource: Sendable {
  /// The built image of this id.
  ///
  /// Throws `SandlotError`: `notFound` where there is none, `failedPrecondition` where it is not
  /// built.
  func image(_ id: String) async throws -> SandboxImage
}

/// What a sandbox needs to know of an image.
public struct SandboxImage: Sendable, Equatable {
  /// The disk layers, base first.
  public var layers: [FilePath]
  /// `ENV`, in order.
  public var environment: [EnvironmentVariable]
  /// `WORKDIR`; empty means `/`.
  public var workingDirectory: String
  /// `USER`; empty means root.
  public var user: String
  /// `ENTRYPOINT`.
  public var entrypoint: [String]?
  /// `CMD`.
  public var cmd: [String]?

  /// An image.
  public init(
    layers: [FilePath], environment: [EnvironmentVariable] = [], workingDirectory: String = "",
    user: String = "", entrypoint: [String]? = nil, cmd: [String]? = nil
  ) {
    self.layers = layers
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.user = user
    self.entrypoint = entrypoint
    self.cmd = cmd
  }
}
