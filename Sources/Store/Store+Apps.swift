import Errors
import Foundation
import GRDB

/// An app as the store keeps it.
public struct AppRow: Codable, Sendable, Equatable {
  /// `ap-…`.
  public var id: String
  /// The name; nil for an ephemeral app.
  public var name: String?
  /// The environment's name; empty once that was deleted.
  public var environment: String
  /// What people see.
  public var description: String
  /// Where it is in its life.
  public var state: State
  /// When it was made, to the millisecond.
  public var createdAt: Date
  /// When it was stopped, to the millisecond.
  public var stoppedAt: Date?

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
  /// Keeps a new app. Throws `alreadyExists` where another one of the same name is not stopped,
  /// `notFound` where its environment is gone.
  public func insert(_ app: AppRow) async throws {
    try await write { database in
      let environment = EnvironmentRow.filter(Column("name") == app.environment)
      guard try !environment.isEmpty(database) else {
        throw SandlotError(.notFound, "The environment '\(app.environment)' does not exist.")
      }
      try app.insert(database)
    }
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

  /// The app of this name that was stopped last.
  public func stoppedApp(named name: String, environment: String) async throws -> AppRow? {
    try await read { database in
      try AppRow
        .filter(Column("name") == name && Column("environment") == environment)
        .filter(Column("state") == AppRow.State.stopped.rawValue)
        .order(Column("stoppedAt").desc, Column.rowID.desc)
        .fetchOne(database)
    }
  }

  /// The apps of an environment, newest first: those that run, and those stopped after `time`.
  public func apps(environment: String, stoppedAfter time: Date) async throws -> [AppRow] {
    try await read { database in
      try AppRow
        .filter(Column("environment") == environment)
        .filter(Column("state") != AppRow.State.stopped.rawValue || Column("stoppedAt") > time)
        .order(Column("createdAt").desc, Column.rowID.desc)
        .fetchAll(database)
    }
  }

  /// Stops an app; an unknown id is ignored.
  public func stopApp(id: String, at time: Date) async throws {
    try await write { _ = try AppRow.filter(key: id).stopAll($0, at: time) }
  }

  /// Stops all ephemeral apps.
  public func stopEphemeralApps(at time: Date) async throws {
    try await write { database in
      try AppRow.filter(Column("state") == AppRow.State.ephemeral.rawValue)
        .stopAll(database, at: time)
    }
  }
}

extension QueryInterfaceRequest<AppRow> {
  /// Stops the apps of this request.
  func stopAll(_ database: Database, at time: Date) throws {
    try updateAll(
      database, Column("state").set(to: AppRow.State.stopped.rawValue),
      Column("stoppedAt").set(to: time))
  }
}
