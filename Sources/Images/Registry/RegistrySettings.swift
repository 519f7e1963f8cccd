import SystemPackage

/// How registries are reached.
public struct RegistrySettings: Sendable, Equatable {
  /// A registry that is asked instead of docker.io, as `mirror.example:5000`; nil for none.
  public var mirror: String?
  /// Files with certificates (PEM) of authorities that registries are trusted by, besides the host's.
  public var certificates: [FilePath] = []
  /// Registries, as `host` or `host:port`, that may be reached without TLS or with any certificate.
  public var insecure: Set<String> = []
  /// How long a registry may take to answer a question.
  public var patience: Duration = .seconds(30)
  /// How long a registry that cannot be reached is not asked again.
  public var pause: Duration = .seconds(300)

  /// The usual settings.
  public init() {}

  /// Whether a registry may be reached without TLS: those of the host itself always may.
  func isInsecure(_ host: String) -> Bool {
    let name = host.split(separator: ":").first.map(String.init) ?? host
    return insecure.contains(host) || name == "localhost" || name.hasPrefix("127.")
  }
}
