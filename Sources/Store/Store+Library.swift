import Foundation
import GRDB

/// All that layers are needed for.
public struct LibraryContents: Sendable {
  /// The images, the most recently used first.
  public var images: [ImageRow]
  /// The disks of build steps.
  public var steps: [BuildStepRow]
  /// The disk layers of base images.
  public var bases: [BaseDiskRow]
}

extension Store {
  /// All images, build steps and base disks, at one instant.
  public func libraryContents() async throws -> LibraryContents {
    try await read { database in
      LibraryContents(
        images: try ImageRow.order(Column("lastUsedAt").desc, Column.rowID.desc).fetchAll(database),
        steps: try BuildStepRow.fetchAll(database), bases: try BaseDiskRow.fetchAll(database))
    }
  }

  /// Forgets images and build steps, as far as they were last used before `limit`; returns the ids and
  /// keys that are gone.
  public func removeUnused(
    images: [String], steps: [String], before limit: Date
  ) async throws -> (images: Set<String>, steps: Set<String>) {
    try await write { database in
      let images = ImageRow.filter(keys: images).filter(Column("lastUsedAt") < limit)
      let steps = BuildStepRow.filter(keys: steps).filter(Column("lastUsedAt") < limit)
      let gone = (
        images: try String.fetchSet(database, images.select(Column("id"))),
        steps: try String.fetchSet(database, steps.select(Column("key")))
      )
      try images.deleteAll(database)
      try steps.deleteAll(database)
      return gone
    }
  }

  /// Notes that an image was used.
  public func useImage(id: String, at time: Date) async throws {
    try await write { database in
      _ = try ImageRow.filter(key: id).updateAll(database, Column("lastUsedAt").set(to: time))
    }
  }

  /// The images of the sandboxes that have not finished, by the sandboxes' ids.
  public func imagesOfUnfinishedSandboxes() async throws -> [String: String] {
    try await read { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT id, json_extract(specification, '$.imageID') AS image FROM sandboxes
          WHERE state <> 'finished'
          """)
      return Dictionary(
        rows.compactMap { row in
          (row["image"] as String?).map { (row["id"] as String, $0) }
        }, uniquingKeysWith: { $1 })
    }
  }
}
