import Foundation
import GRDB

/// The disk after a step of some build, to be found again by later builds.
public struct BuildStepRow: Codable, Sendable, Equatable {
  /// The content key of all that led to it.
  public var key: String
  /// The key of the disk before it.
  public var parent: String
  /// As `RUN apt-get update`.
  public var text: String
  /// What the disk depends on besides the one before it.
  public var inputs: [Input]
  /// The file names of the layers, base first.
  public var layers: [String]
  /// When it was built, to the millisecond.
  public var createdAt: Date
  /// When a build last took it.
  public var lastUsedAt: Date

  /// A part of what a disk depends on.
  public struct Input: Codable, Sendable, Equatable {
    /// What it is, for people.
    public var name: String
    /// Names its content.
    public var digest: String

    /// A part.
    public init(name: String, digest: String) {
      self.name = name
      self.digest = digest
    }
  }

  /// A row.
  public init(
    key: String, parent: String, text: String, inputs: [Input], layers: [String], createdAt: Date
  ) {
    self.key = key
    self.parent = parent
    self.text = text
    self.inputs = inputs
    self.layers = layers
    self.createdAt = createdAt
    lastUsedAt = createdAt
  }
}

extension BuildStepRow: FetchableRecord, PersistableRecord {
  public static let databaseTableName = "buildSteps"
}

extension Store {
  /// Keeps a step's disk, in place of an earlier one with the same key.
  public func save(_ step: BuildStepRow) async throws {
    try await write { try step.save($0) }
  }

  /// The disk that this key led to.
  public func buildStep(key: String) async throws -> BuildStepRow? {
    try await read { try BuildStepRow.fetchOne($0, key: key) }
  }

  /// The newest disks that followed on the disk of this key.
  public func buildSteps(after parent: String, limit: Int) async throws -> [BuildStepRow] {
    try await read { database in
      try BuildStepRow.filter(Column("parent") == parent).order(Column("createdAt").desc)
        .limit(limit).fetchAll(database)
    }
  }

  /// Whether a step of this text has been executed on any disk.
  public func hasBuildStep(text: String) async throws -> Bool {
    try await read { database in
      try !BuildStepRow.filter(Column("text") == text).isEmpty(database)
    }
  }

  /// Notes that the disks of these keys are used; returns whether all of them are there.
  public func useBuildSteps(keys: [String], at time: Date) async throws -> Bool {
    try await write { database in
      try BuildStepRow.filter(keys: keys)
        .updateAll(database, Column("lastUsedAt").set(to: time)) == Set(keys).count
    }
  }

  /// Forgets the disk that this key led to.
  public func removeBuildStep(key: String) async throws {
    try await write { _ = try BuildStepRow.deleteOne($0, key: key) }
  }
}
