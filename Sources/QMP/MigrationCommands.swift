/// Sets what saving and restoring a VM's state do; each capability is the name of QEMU's
/// `MigrationCapability`.
public struct MigrateSetCapabilities: QMPCommand {
  /// It returns nothing.
  public typealias Reply = EmptyReply

  private struct Capability: Encodable {
    let capability: String
    let state: Bool
  }

  /// The command's name.
  public static let name = "migrate-set-capabilities"
  private let capabilities: [Capability]

  /// The command that turns these on.
  public init(on names: [String]) {
    capabilities = names.map { Capability(capability: $0, state: true) }
  }
}

/// Begins to restore a state into a VM that was started with `-incoming defer`.
public struct MigrateIncoming: QMPCommand {
  /// It returns nothing.
  public typealias Reply = EmptyReply
  /// The command's name.
  public static let name = "migrate-incoming"
  /// Where from: `fd:N` for a descriptor of the QEMU process.
  public let uri: String

  /// The command for this place.
  public init(uri: String) { self.uri = uri }
}

/// How saving the state goes on.
public struct QueryMigrate: QMPCommand {
  /// What `query-migrate` returns, as far as it is used here.
  public struct Reply: Decodable, Sendable, Equatable {
    /// QEMU's `MigrationStatus`: `setup`, `active`, `completed`, `failed`, …; nil before the first.
    public let status: String?
    /// QEMU's words for a failure.
    public let errorDescription: String?

    private enum CodingKeys: String, CodingKey {
      case status
      case errorDescription = "error-desc"
    }
  }

  /// The command's name.
  public static let name = "query-migrate"
  /// The command.
  public init() {}
}
