import Foundation
import GRDB

/// A base image: from a registry, imported or made of packages.
public struct BaseImageRow: Codable, Sendable, Equatable {
  /// `sha256:…`: the digest of its configuration as the registry has it, or of its disk.
  public var id: String
  /// What it was first known as, in full; where its layers are pulled from.
  public var reference: String
  /// Where it comes from.
  public var source: Source
  /// Its configuration as JSON.
  public var config: String
  /// Its layers, lowest first; empty for one that is a disk.
  public var layers: [Layer]
  /// What its users are to be told.
  public var warnings: [String]
  /// When it was first seen, to the millisecond.
  public var createdAt: Date

  /// Where a base image comes from.
  public enum Source: String, Codable, Sendable {
    /// A registry, which has its layers still.
    case registry
    /// A file that an operator imported.
    case imported
    /// Debian packages.
    case bootstrapped
  }

  /// A layer as a registry has it.
  public struct Layer: Codable, Sendable, Equatable {
    /// The digest of the blob, `sha256:…`.
    public var digest: String
    /// The digest of its content, unpacked.
    public var diffID: String
    /// The blob's bytes.
    public var size: Int64

    /// A layer.
    public init(digest: String, diffID: String, size: Int64) {
      self.digest = digest
      self.diffID = diffID
      self.size = size
    }
  }

  /// A row.
  public init(
    id: String, reference: String, source: Source, config: String, layers: [Layer],
    warnings: [String] = [], createdAt: Date
  ) {
    self.id = id
    self.reference = reference
    self.source = source
    self.config = config
    self.layers = layers
    self.warnings = warnings
    self.createdAt = createdAt
  }
}

extension BaseImageRow: FetchableRecord, PersistableRecord {
  public static let databaseTableName = "baseImages"
}

/// What a name of a base image means.
public struct BaseNameRow: Codable, Sendable, Equatable {
  /// The reference in full.
  public var name: String
  /// How the name came to its meaning.
  public var kind: Kind
  /// Another reference for an alias, else the id of a base image.
  public var target: String
  /// When it got this meaning, to the millisecond.
  public var createdAt: Date

  /// How a name came to its meaning.
  public enum Kind: String, Codable, Sendable {
    /// The operator gave it to another name.
    case alias
    /// The operator imported or made an image under it.
    case local
    /// A registry had it when it was last asked.
    case pin
  }

  /// A row.
  public init(name: String, kind: Kind, target: String, createdAt: Date) {
    self.name = name
    self.kind = kind
    self.target = target
    self.createdAt = createdAt
  }
}

extension BaseNameRow: FetchableRecord, PersistableRecord {
  public static let databaseTableName = "baseNames"
}

/// A disk layer of base images.
public struct BaseDiskRow: Codable, Sendable, Equatable {
  /// Names its content and that of all below it.
  public var key: String
  /// The file name of the layer.
  public var layer: String
  /// When it was made, to the millisecond.
  public var createdAt: Date
  /// When somebody last built on it.
  public var lastUsedAt: Date

  /// A row.
  public init(key: String, layer: String, createdAt: Date) {
    self.key = key
    self.layer = layer
    self.createdAt = createdAt
    lastUsedAt = createdAt
  }
}

extension BaseDiskRow: FetchableRecord, PersistableRecord {
  public static let databaseTableName = "baseDisks"
}

extension Store {
  /// Keeps a base image and what a name means: all of it, or nothing.
  public func save(_ image: BaseImageRow, as name: BaseNameRow) async throws {
    try await write { database in
      try image.save(database)
      try name.save(database)
    }
  }

  /// Keeps what a name means, in place of an earlier meaning of the same kind.
  public func save(_ name: BaseNameRow) async throws {
    try await write { try name.save($0) }
  }

  /// What a name means; nil where it has no meaning of this kind.
  public func baseName(_ name: String, _ kind: BaseNameRow.Kind) async throws -> BaseNameRow? {
    try await read {
      try BaseNameRow.fetchOne($0, key: ["name": name, "kind": kind.rawValue])
    }
  }

  /// Forgets a meaning of a name; returns whether it had one.
  @discardableResult
  public func removeBaseName(_ name: String, _ kind: BaseNameRow.Kind) async throws -> Bool {
    try await write {
      try BaseNameRow.deleteOne($0, key: ["name": name, "kind": kind.rawValue])
    }
  }

  /// All names of base images, sorted.
  public func baseNames() async throws -> [BaseNameRow] {
    try await read { try BaseNameRow.order(Column("name"), Column("kind")).fetchAll($0) }
  }

  /// The base image of this id.
  public func baseImage(id: String) async throws -> BaseImageRow? {
    try await read { try BaseImageRow.fetchOne($0, key: id) }
  }

  /// All base images, the newest first.
  public func baseImages() async throws -> [BaseImageRow] {
    try await read { try BaseImageRow.order(Column("createdAt").desc).fetchAll($0) }
  }

  /// Keeps a disk layer of base images.
  public func save(_ disk: BaseDiskRow) async throws {
    try await write { try disk.save($0) }
  }

  /// The disk layers of base images, by their keys.
  public func baseDisks() async throws -> [BaseDiskRow] {
    try await read { try BaseDiskRow.order(Column("key")).fetchAll($0) }
  }

  /// The disk layer of this key.
  public func baseDisk(key: String) async throws -> BaseDiskRow? {
    try await read { try BaseDiskRow.fetchOne($0, key: key) }
  }

  /// Keeps a base image.
  public func save(_ image: BaseImageRow) async throws {
    try await write { try image.save($0) }
  }

  /// Notes that a disk layer is used.
  public func useBaseDisk(key: String, at time: Date) async throws {
    try await write { database in
      _ = try BaseDiskRow.filter(key: key)
        .updateAll(database, Column("lastUsedAt").set(to: time))
    }
  }

  /// Forgets disk layers, as far as they were last used before `limit`; returns the keys that are gone.
  public func removeBaseDisks(keys: [String], before limit: Date) async throws -> Set<String> {
    try await write { database in
      let disks = BaseDiskRow.filter(keys: keys).filter(Column("lastUsedAt") < limit)
      let gone = try String.fetchSet(database, disks.select(Column("key")))
      try disks.deleteAll(database)
      return gone
    }
  }
}
