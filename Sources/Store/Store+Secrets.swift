import Foundation
import GRDB

/// A secret as the store keeps it: its variables are sealed by the layer above.
public struct SecretRow: Codable, Sendable, Equatable {
  /// `st-…`.
  public var id: String
  /// The name, unique in its environment; nil for one that only its id names.
  public var name: String?
  /// The environment's name.
  public var environment: String
  /// The app that an anonymous one was made for.
  public var appID: String?
  /// The names of its variables, as a JSON list.
  public var keys: [String]
  /// Its variables, encrypted.
  public var sealed: Data
  /// When it was made; listings go by it.
  public var createdAt: Date
  /// When a sandbox, an exec or a build got it last.
  public var lastUsedAt: Date?

  /// A row.
  public init(
    id: String, name: String?, environment: String, appID: String? = nil, keys: [String],
    sealed: Data, createdAt: Date
  ) {
    self.id = id
    self.name = name
    self.environment = environment
    self.appID = appID
    self.keys = keys
    self.sealed = sealed
    self.createdAt = createdAt
  }
}

/// Times as in `SandboxRow`: clients page by them too.
extension SecretRow: FetchableRecord, PersistableRecord {
  public static let databaseTableName = "secrets"

  public static func databaseDateEncodingStrategy(
    for column: String
  ) -> DatabaseDateEncodingStrategy {
    .timeIntervalSince1970
  }
}

extension Store {
  /// Keeps a new secret.
  ///
  /// Throws `alreadyExists` where another one has its name, `notFound` where its environment is
  /// gone.
  public func insert(_ secret: SecretRow) async throws {
    try await write { try secret.insert($0) }
  }

  /// Changes a secret, with no other change in between; returns how it is then, nil where there is
  /// none.
  public func updateSecret(
    id: String, _ change: @escaping @Sendable (inout SecretRow) throws -> Void
  ) async throws -> SecretRow? {
    try await write { database in
      guard var row = try SecretRow.fetchOne(database, key: id) else { return nil }
      try change(&row)
      try row.update(database)
      return row
    }
  }

  /// The secret of this id.
  public func secret(id: String) async throws -> SecretRow? {
    try await read { try SecretRow.fetchOne($0, key: id) }
  }

  /// The secret of this name in an environment.
  public func secret(named name: String, environment: String) async throws -> SecretRow? {
    try await read {
      try SecretRow.filter(Column("name") == name && Column("environment") == environment)
        .fetchOne($0)
    }
  }

  /// The named secrets of an environment, newest first.
  ///
  /// - Parameters:
  ///   - before: Only those made strictly earlier.
  ///   - limit: At most so many.
  public func secrets(
    environment: String, before: Date? = nil, limit: Int
  ) async throws -> [SecretRow] {
    try await read { database in
      var request =
        SecretRow
        .filter(Column("environment") == environment && Column("name") != nil)
        .order(Column("createdAt").desc, Column("id").desc).limit(limit)
      if let before {
        request = request.filter(Column("createdAt") < before.timeIntervalSince1970)
      }
      return try request.fetchAll(database)
    }
  }

  /// When the newest secret was made.
  public func newestSecret() async throws -> Date? {
    try await read {
      try SecretRow.order(Column("createdAt").desc).fetchOne($0)?.createdAt
    }
  }

  /// Notes that secrets were handed out.
  public func markSecretsUsed(ids: [String], at time: Date) async throws {
    try await write { database in
      _ = try SecretRow.filter(keys: ids).updateAll(
        database, Column("lastUsedAt").set(to: time.timeIntervalSince1970))
    }
  }

  /// Removes a secret; false where there is none.
  public func removeSecret(id: String) async throws -> Bool {
    try await write { try SecretRow.deleteOne($0, key: id) }
  }

  /// Removes the anonymous secrets that nobody has used since `time`, and those of apps that are
  /// over; returns how many there were.
  @discardableResult
  public func removeAnonymousSecrets(unusedSince time: Date) async throws -> Int {
    try await write { database in
      try database.execute(
        sql: """
          DELETE FROM secrets WHERE name IS NULL AND (
            coalesce(lastUsedAt, createdAt) < ? OR appID IS NOT NULL
              AND appID NOT IN (SELECT id FROM apps WHERE state != 'stopped'))
          """, arguments: [time.timeIntervalSince1970])
      return database.changesCount
    }
  }
}
