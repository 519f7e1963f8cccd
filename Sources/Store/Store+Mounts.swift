import Foundation
import GRDB

/// A mount as the store keeps it; its files are listed elsewhere, under their digest.
public struct MountRow: Codable, Sendable, Equatable {
  /// `mo-…`.
  public var id: String
  /// Its name; nil for one that only its id names.
  public var name: String?
  /// The environment of the name; empty for the name space that all share.
  public var environment: String
  /// The content address of its files.
  public var digest: String
  /// The app that it was made for.
  public var appID: String?
  /// When it was made.
  public var createdAt: Date
  /// When it was last asked for.
  public var lastUsedAt: Date

  /// A row.
  public init(
    id: String, name: String? = nil, environment: String = "", digest: String, appID: String? = nil,
    createdAt: Date
  ) {
    self.id = id
    self.name = name
    self.environment = environment
    self.digest = digest
    self.appID = appID
    self.createdAt = createdAt
    lastUsedAt = createdAt
  }
}

extension MountRow: FetchableRecord, PersistableRecord {
  public static let databaseTableName = "mounts"

  public static func databaseDateEncodingStrategy(
    for column: String
  ) -> DatabaseDateEncodingStrategy {
    .timeIntervalSince1970
  }
}

extension Store {
  /// Keeps a new mount. Throws `alreadyExists` where another one has its name.
  public func insert(_ mount: MountRow) async throws {
    try await write { try mount.insert($0) }
  }

  /// Keeps a mount in place of the one that has its name.
  public func replace(_ mount: MountRow) async throws {
    try await write { database in
      try MountRow.filter(Column("name") == mount.name)
        .filter(Column("environment") == mount.environment).deleteAll(database)
      try mount.insert(database)
    }
  }

  /// The mount of this id, which counts as used now; nil where there is none.
  public func useMount(id: String, at time: Date) async throws -> MountRow? {
    try await write { database in
      guard var row = try MountRow.fetchOne(database, key: id) else { return nil }
      row.lastUsedAt = time
      try row.update(database)
      return row
    }
  }

  /// The mount of this name.
  public func mount(named name: String, environment: String) async throws -> MountRow? {
    try await read { database in
      try MountRow.filter(Column("name") == name)
        .filter(Column("environment") == environment).fetchOne(database)
    }
  }

  /// Removes the mounts without a name that were last used before `date` and belong to no sandbox
  /// that still lives; returns the digests of those that stay.
  public func removeMounts(unusedSince date: Date) async throws -> Set<String> {
    try await write { database in
      try database.execute(
        sql: """
          DELETE FROM mounts WHERE name IS NULL AND lastUsedAt < ? AND id NOT IN (
            SELECT mount.value FROM sandboxes, json_each(specification, '$.mountIDs') AS mount
            WHERE state != 'finished')
          """, arguments: [date.timeIntervalSince1970])
      return try String.fetchSet(database, MountRow.select(Column("digest")))
    }
  }
}
