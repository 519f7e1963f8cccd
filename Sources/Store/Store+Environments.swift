import Errors
import Foundation
import GRDB

/// An environment as the store keeps it.
public struct EnvironmentRow: Codable, Sendable, Equatable {
  /// `en-…`.
  public var id: String
  /// What requests call it.
  public var name: String
  /// Whether requests without a name mean it.
  public var isDefault: Bool
  /// A word of the user's.
  public var webSuffix: String
  /// When it was made.
  public var createdAt: Date

  /// A row.
  public init(
    id: String, name: String, isDefault: Bool = false, webSuffix: String = "", createdAt: Date
  ) {
    self.id = id
    self.name = name
    self.isDefault = isDefault
    self.webSuffix = webSuffix
    self.createdAt = createdAt
  }
}

extension EnvironmentRow: FetchableRecord, PersistableRecord {
  public static let databaseTableName = "environments"
}

extension Store {
  /// Keeps a new environment. Throws `alreadyExists` where there is one of the name.
  public func insert(_ environment: EnvironmentRow) async throws {
    try await write { try environment.insert($0) }
  }

  /// The environment of this name; nil means the default one.
  public func environment(named name: String?) async throws -> EnvironmentRow? {
    try await read { database in
      let all = EnvironmentRow.all()
      let one = name.map { all.filter(Column("name") == $0) } ?? all.filter(Column("isDefault"))
      return try one.fetchOne(database)
    }
  }

  /// All environments, the oldest first.
  public func environments() async throws -> [EnvironmentRow] {
    try await read {
      try EnvironmentRow.order(Column("createdAt"), Column.rowID).fetchAll($0)
    }
  }

  /// Changes an environment and whatever lives in it. Throws `alreadyExists` where another one has
  /// its new name.
  public func update(_ environment: EnvironmentRow) async throws {
    try await write { database in
      guard let old = try EnvironmentRow.fetchOne(database, key: environment.id) else { return }
      try environment.update(database)
      _ = try AppRow.filter(Column("environment") == old.name).updateAll(
        database, Column("environment").set(to: environment.name))
    }
  }

  /// Removes an environment with its secrets, and stops its apps, which are in none from then on;
  /// returns their ids.
  public func removeEnvironment(
    _ environment: EnvironmentRow, at time: Date
  ) async throws -> [String] {
    try await write { database in
      let apps = AppRow.filter(Column("environment") == environment.name)
      let ids = try String.fetchAll(database, apps.select(Column("id")))
      try apps.filter(Column("state") != AppRow.State.stopped.rawValue)
        .stopAll(database, at: time)
      try apps.updateAll(database, Column("environment").set(to: ""))
      try environment.delete(database)
      return ids
    }
  }
}
