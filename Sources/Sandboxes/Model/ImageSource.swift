import Errors
import SystemPackage

/// Where sandboxes get the images that they name, and where snapshots of them become images.
public protocol ImageSource: Sendable {
  /// The built image of this id.
  ///
  /// Throws `SandlotError`: `notFound` where there is none, `failedPrecondition` where it is not
  /// built.
  func image(_ id: String) async throws -> SandboxImage

  /// Keeps these layers, whatever becomes of the images that have them, until `release`: they are the
  /// disk of a sandbox. Replaces what it held before.
  func hold(_ layers: [FilePath], for sandboxID: String) async

  /// The sandbox's disk is gone.
  func release(_ sandboxID: String) async

  /// The image that a snapshot has become; nil where there is none of this id.
  func image(ofSnapshot id: String) async throws -> String?

  /// Throws `SandlotError.resourceExhausted` where there is no room for another layer.
  func requireRoom() async throws

  /// Makes an image of a frozen disk, which is taken over: it belongs to the images from now on.
  func keep(_ frozen: FilePath, _ snapshot: DiskSnapshot) async throws -> KeptSnapshot
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
