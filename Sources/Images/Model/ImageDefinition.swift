/// What an image is made from: one `Image` message of the SDK.
public struct ImageDefinition: Sendable, Equatable {
  /// Images that `FROM` may name, by that name: the SDK calls the parent `base`.
  public var baseImages: [String: String]
  /// The lines of the Dockerfile.
  public var commands: [String]
  /// Values for `ARG`.
  public var buildArguments: [String: String]
  /// Variables of `RUN` steps only: they are in no image, and in the cache key by name alone.
  public var secrets: [String: String]
  /// The SDK's image builder version, as `2025.06`.
  public var builderVersion: String

  /// A definition.
  public init(
    baseImages: [String: String] = [:], commands: [String], buildArguments: [String: String] = [:],
    secrets: [String: String] = [:], builderVersion: String
  ) {
    self.baseImages = baseImages
    self.commands = commands
    self.buildArguments = buildArguments
    self.secrets = secrets
    self.builderVersion = builderVersion
  }
}
