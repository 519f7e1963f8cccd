import Dockerfile
import Errors
import SystemPackage

/// Finds the images that `FROM` names and that are none of ours.
public protocol BaseResolver: Sendable {
  /// What a reference means now, as `python:3.11-slim-bookworm`; quick, nothing large is fetched.
  ///
  /// Throws `SandlotError` where it cannot be had, with what to do instead.
  func resolve(_ request: BaseRequest) async throws -> ResolvedBase

  /// The names of a base's layers in the layer store, base first; pulls and imports what is missing.
  ///
  /// Callers that want the same base share the work. Throws `SandlotError`.
  /// - Parameter progress: Told what is being done, in sentences without a line end.
  func layers(
    of base: ResolvedBase, progress: @escaping @Sendable (String) -> Void
  ) async throws -> [String]
}

/// What somebody wants to build on.
public struct BaseRequest: Sendable, Equatable {
  /// As it stands in the Dockerfile.
  public var reference: String
  /// For a private registry; nil asks without.
  public var credentials: RegistryCredentials?
  /// Whether a tag that is known is looked up anew.
  public var refresh: Bool

  /// A request.
  public init(
    _ reference: String, credentials: RegistryCredentials? = nil, refresh: Bool = false
  ) {
    self.reference = reference
    self.credentials = credentials
    self.refresh = refresh
  }
}

/// A user of a registry.
public struct RegistryCredentials: Sendable, Equatable {
  /// The name.
  public var username: String
  /// The password or access token.
  public var password: String

  /// A name and a password.
  public init(username: String, password: String) {
    self.username = username
    self.password = password
  }
}

/// A base image: what is known of it before its files are there.
public struct ResolvedBase: Sendable, Equatable {
  /// Where the files come from.
  public enum Source: Sendable, Equatable {
    /// `FROM scratch`: no files.
    case scratch
    /// A prepared disk of the host, which stands in for the image.
    case disk(FilePath)
    /// An image that the store knows by this id.
    case image(String)
  }

  /// The reference as it was given.
  public var reference: String
  /// Names what the layers hold: equal for equal content, another for other content.
  public var identity: String
  /// Its configuration.
  public var config: ImageConfig
  /// Where its files come from.
  public var source: Source
  /// Of whoever asked; for a pull that is still to be done.
  public var credentials: RegistryCredentials?
  /// What the user is to be told.
  public var warnings: [String]

  /// A base.
  public init(
    reference: String, identity: String, config: ImageConfig, source: Source,
    credentials: RegistryCredentials? = nil, warnings: [String] = []
  ) {
    self.reference = reference
    self.identity = identity
    self.config = config
    self.source = source
    self.credentials = credentials
    self.warnings = warnings
  }
}
