import Foundation
import GRDB

/// An image as the store keeps it.
public struct ImageRow: Codable, Sendable, Equatable {
  /// `im-…`.
  public var id: String
  /// The content key of its definition.
  public var key: String
  /// Where it is in its life.
  public var state: State
  /// The image that `FROM` names, where it is one of ours.
  public var parent: String?
  /// The file names of its layers, base first; empty while it is not built.
  public var layers: [String]
  /// Its configuration as JSON.
  public var config: String
  /// What its users are to be told.
  public var warnings: [String]
  /// Why it could not be built.
  public var failure: String?
  /// When it was first asked for, to the millisecond.
  public var createdAt: Date

  /// Where an image is in its life.
  public enum State: String, Codable, Sendable {
    /// A build is under way.
    case building
    /// It can be used.
    case built
    /// The last build failed.
    case failed
  }

  /// A row.
  public init(
    id: String, key: String, state: State, parent: String? = nil, layers: [String] = [],
    config: String = "{}", warnings: [String] = [], failure: String? = nil, createdAt: Date
  ) {
    self.id = id
    self.key = key
    self.state = state
    self.parent = parent
    self.layers = layers
    self.config = config
    self.warnings = warnings
    self.failure = failure
    self.createdAt = createdAt
  }
}

extension ImageRow: FetchableRecord, PersistableRecord {
  public static let databaseTableName = "images"
}

/// The disk after a step of some build, to be found again by later builds.
public struct BuildStepRow: Codable, Sendable, Equatable {
  /// The content key of all that led to it.
  public var key: String
  /// The file names of the layers, base first.
  public var layers: [String]
  /// When it was built, to the millisecond.
  public var createdAt: Date

  /// A row.
  public init(key: String, layers: [String], createdAt: Date) {
    self.key = key
    self.layers = layers
    self.createdAt = createdAt
  }
}

extension BuildStepRow: FetchableRecord, PersistableRecord {
  public static let databaseTableName = "buildSteps"
}

extension Store {
  /// Keeps an image, new or changed.
  public func save(_ image: ImageRow) async throws {
    try await write { try image.save($0) }
  }

  /// The image of this id.
  public func image(id: String) async throws -> ImageRow? {
    try await read { try ImageRow.fetchOne($0, key: id) }
  }

  /// The newest image with this content key.
  public func image(key: String) async throws -> ImageRow? {
    try await read { database in
      try ImageRow.filter(Column("key") == key)
        .order(Column("createdAt").desc, Column.rowID.desc).fetchOne(database)
    }
  }

  /// Marks every image that is being built as failed; returns their ids.
  public func failUnfinishedImages(_ failure: String) async throws -> [String] {
    try await write { database in
      let building = ImageRow.filter(Column("state") == ImageRow.State.building.rawValue)
      let ids = try String.fetchAll(database, building.select(Column("id")))
      try building.updateAll(
        database, Column("state").set(to: ImageRow.State.failed.rawValue),
        Column("failure").set(to: failure))
      return ids
    }
  }

  /// Keeps a step's disk, in place of an earlier one with the same key.
  public func save(_ step: BuildStepRow) async throws {
    try await write { try step.save($0) }
  }

  /// The disk that this key led to.
  public func buildStep(key: String) async throws -> BuildStepRow? {
    try await read { try BuildStepRow.fetchOne($0, key: key) }
  }

  /// Forgets the disk that this key led to.
  public func removeBuildStep(key: String) async throws {
    try await write { _ = try BuildStepRow.deleteOne($0, key: key) }
  }

  /// The file names of all layers that an image, a step or a base needs.
  public func referencedLayers() async throws -> Set<String> {
    try await read { database in
      let images = try ImageRow.fetchAll(database).flatMap(\.layers)
      let steps = try BuildStepRow.fetchAll(database).flatMap(\.layers)
      let bases = try BaseDiskRow.fetchAll(database).map(\.layer)
      return Set(images).union(steps).union(bases)
    }
  }
}
