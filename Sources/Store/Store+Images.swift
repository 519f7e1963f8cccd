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
  /// What became of each step in its build.
  public var steps: [Step]
  /// When somebody last asked for it or started a sandbox from it.
  public var lastUsedAt: Date
  /// The sandbox that it is a snapshot of; nil for an image that was built.
  public var snapshotOf: String?
  /// From when on it is of no use, unless it has a name; nil means never.
  public var expiresAt: Date?

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
    config: String = "{}", warnings: [String] = [], failure: String? = nil, createdAt: Date,
    steps: [Step] = []
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
    self.steps = steps
    lastUsedAt = createdAt
  }

  /// A step of an image's build.
  public struct Step: Codable, Sendable, Equatable {
    /// Its number among all steps, from 1.
    public var number: Int
    /// As `RUN apt-get update`.
    public var text: String
    /// What became of it.
    public var outcome: Outcome
    /// Why it was executed rather than taken from an earlier build.
    public var reason: String?
    /// How long its execution took.
    public var seconds: Double?

    /// What becomes of a step.
    public enum Outcome: String, Codable, Sendable {
      /// It changes no disk by itself.
      case configured
      /// Its disk was there from an earlier build.
      case cached
      /// It was executed.
      case executed
    }

    /// A step.
    public init(
      number: Int, text: String, outcome: Outcome, reason: String? = nil, seconds: Double? = nil
    ) {
      self.number = number
      self.text = text
      self.outcome = outcome
      self.reason = reason
      self.seconds = seconds
    }
  }
}

extension ImageRow: FetchableRecord, PersistableRecord {
  public static let databaseTableName = "images"
}

extension Store {
  /// Keeps an image, new or changed.
  public func save(_ image: ImageRow) async throws {
    try await write { try image.save($0) }
  }

  /// Gives an image the same disk in other layers; does nothing where the image is gone.
  public func replaceLayers(ofImage id: String, with layers: [String]) async throws {
    try await write { database in
      guard var row = try ImageRow.fetchOne(database, key: id) else { return }
      row.layers = layers
      try row.update(database, columns: ["layers"])
    }
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
