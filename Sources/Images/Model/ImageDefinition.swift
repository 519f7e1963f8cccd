/// What an image is made from: one `Image` message of the SDK.
public struct ImageDefinition: Sendable {
  /// Images that `FROM` may name, by that name: the SDK calls the parent `base`.
  public var baseImages: [String: String]
  /// The lines of the Dockerfile.
  public var commands: [String]
  /// Values for `ARG`.
  public var buildArguments: [String: String]
  /// Variables of `RUN` steps only: they are in no image, and in the cache key by name alone.
  public var secrets: [String: String]
  /// The mount with the files that `COPY` and `ADD` take.
  public var contextMountID: String?
  /// Files for them that the definition carries itself, over those of the mount.
  public var contextFiles: [(name: String, data: [UInt8])]
  /// For images of a private registry.
  public var registryCredentials: RegistryCredentials?
  /// The SDK's image builder version, as `2025.06`.
  public var builderVersion: String

  /// A definition.
  public init(
    baseImages: [String: String] = [:], commands: [String], buildArguments: [String: String] = [:],
    secrets: [String: String] = [:], contextMountID: String? = nil,
    contextFiles: [(name: String, data: [UInt8])] = [],
    registryCredentials: RegistryCredentials? = nil, builderVersion: String
  ) {
    self.baseImages = baseImages
    self.commands = commands
    self.buildArguments = buildArguments
    self.secrets = secrets
    self.contextMountID = contextMountID
    self.contextFiles = contextFiles
    self.registryCredentials = registryCredentials
    self.builderVersion = builderVersion
  }
}
