import Foundation
import GRDB

/// A name of an image in an environment.
public struct ImageNameRow: Codable, Sendable, Equatable {
  /// The environment's name.
  public var environment: String
  /// `name:tag`.
  public var name: String
  /// The image that it means now.
  public var imageID: String
  /// When the name was first published.
  public var createdAt: Date
  /// When it was last published.
  public var updatedAt: Date
  /// The publication that made it mean that image.
  public var revision: String
  /// Who published it last.
  public var publishedBy: String
}

/// One publication of an image under a name.
public struct ImageRevisionRow: Codable, Sendable, Equatable {
  /// Its place among all publications of the server; nil before it is kept.
  public var number: Int64?
  /// The environment's name.
  public var environment: String
  /// `name:tag`.
  public var name: String
  /// The image.
  public var imageID: String
  /// Its id.
  public var revision: String
  /// When it happened.
  public var publishedAt: Date
  /// Who did it.
  public var publishedBy: String

  /// A publication.
  public init(
    environment: String, name: String, imageID: String, revision: String, publishedAt: Date,
    publishedBy: String
  ) {
    self.environment = environment
    self.name = name
    self.imageID = imageID
    self.revision = revision
    self.publishedAt = publishedAt
    self.publishedBy = publishedBy
  }
}

extension ImageNameRow: FetchableRecord, PersistableRecord {
  public static let databaseTableName = "imageNames"
}

extension ImageRevisionRow: FetchableRecord, PersistableRecord {
  public static let databaseTableName = "imageRevisions"
}

extension Store {
  /// Keeps a publication and makes its name mean its image.
  public func publish(_ revision: ImageRevisionRow) async throws {
    try await write { database in
      let key = ["environment": revision.environment, "name": revision.name]
      let former = try ImageNameRow.fetchOne(database, key: key)
      try ImageNameRow(
        environment: revision.environment, name: revision.name, imageID: revision.imageID,
        createdAt: former?.createdAt ?? revision.publishedAt, updatedAt: revision.publishedAt,
        revision: revision.revision, publishedBy: revision.publishedBy
      ).save(database)
      try revision.insert(database)
    }
  }

  /// What a name means.
  public func imageName(_ name: String, environment: String) async throws -> ImageNameRow? {
    try await read { database in
      try ImageNameRow.fetchOne(database, key: ["environment": environment, "name": name])
    }
  }

  /// Names that begin with a prefix, in the order of their characters, behind another name; of one
  /// image alone where one is given.
  public func imageNames(
    environment: String, prefix: String, imageID: String?, after name: String, limit: Int
  ) async throws -> [ImageNameRow] {
    try await read { database in
      var request = ImageNameRow.filter(Column("environment") == environment)
        .filter(Column("name") > name)
        .filter(sql: "substr(name, 1, length(?)) = ?", arguments: [prefix, prefix])
      if let imageID { request = request.filter(Column("imageID") == imageID) }
      return try request.order(Column("name")).limit(limit).fetchAll(database)
    }
  }

  /// The publications of a name, newest first, before another.
  public func imageRevisions(
    _ name: String, environment: String, before number: Int64, limit: Int
  ) async throws -> [ImageRevisionRow] {
    try await read { database in
      try ImageRevisionRow.filter(Column("environment") == environment)
        .filter(Column("name") == name).filter(Column("number") < number)
        .order(Column("number").desc).limit(limit).fetchAll(database)
    }
  }

  /// Forgets a name and its publications; false where there is no such name.
  public func removeImageName(_ name: String, environment: String) async throws -> Bool {
    try await write { database in
      try ImageRevisionRow.filter(Column("environment") == environment)
        .filter(Column("name") == name).deleteAll(database)
      return try ImageNameRow.deleteOne(
        database, key: ["environment": environment, "name": name])
    }
  }

  /// The images that names mean or once meant, each with those names as `main/name:tag`, sorted.
  public func namesOfImages() async throws -> [String: [String]] {
    try await read { database in
      // A name's present meaning is the newest of its publications.
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT DISTINCT imageID, environment || '/' || name AS name FROM imageRevisions
          ORDER BY 2
          """)
      return Dictionary(grouping: rows) { $0["imageID"] as String }
        .mapValues { $0.map { $0["name"] as String } }
    }
  }
}
