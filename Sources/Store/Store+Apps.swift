import Foundation
import GRDB

/// An app as the store keeps it.
public struct AppRow: Codable, Sendable, Equatable {
  /// `ap-…`.
  public var id: String
  /// The name; nil for an ephemeral app.
  public var name: String?
  /// The environment's name.
  public var environment: String
  /// What people see.
  public var description: String
  /// Where it is in its life.
  public var state: State
  /// When it was made, to the millisecond.
  public var createdAt: Date

  /// Where an app is in its life.
  public enum State: String, Codable, Sendable {
    /// Named; lives until it is stopped.
    case deployed
    /// Lives as long as its client.
    case ephemeral
    /// Over; nothing new starts in it.
    case stopped
  }

  /// A row.
  public init(
    id: String, name: String?, environment: String, description: String, state: State,
    createdAt: Date
  ) {
    self.id = id
    self.name = name
    self.environment = environment
    self.description = description
    self.state = state
    self.createdAt = createdAt
  }
}

extension AppRow: FetchableRecord, PersistableRecord {
  public static let databaseTableName = "apps"
}

extension Store {
  /// Keeps a new app. Throws `alreadyExists` where another one of the same name is not stopped.
  public func insert(_ app: AppRow) async throws {
    try await write { try app.insert($0) }
  }

  /// The app of this id.
  public func app(id: String) async throws -> AppRow? {
    try await read { try AppRow.fetchOne($0, key: id) }
  }

  /// The app of this name that is not stopped.
  public func app(named name: String, environment: String) async throws -> AppRow? {
    try await read { database in
      try AppRow
        .filter(Column("name") == name && Column("environment") == environment)
        .filter(Column("state") != AppRow.State.stopped.rawValue)
        .fetchOne(database)
    }
  }

  /// Changes an app's state; an unknown id is ignored.
  public func setState(_ state: AppRow.State, ofApp id: String) async throws {
    try await write { database in
      _ = try AppRow.filter(key: id).updateAll(database, Column("state").set(to: state.rawValue))
    }
  }

  /// Stops all ephemeral apps.
  public func stopEphemeralApps() async throws {
    try await write { database in
      _ =
        try AppRow
        .filter(Column("state") == AppRow.State.ephemeral.rawValue)
        .updateAll(database, Column("state").set(to: AppRow.State.stopped.rawValue))
    }
  }
}
