import Errors
import Foundation
import GRDB
import Glibc

/// What must outlive the server's process: a SQLite database in write-ahead mode.
///
/// It keeps rows and decides nothing; the meaning of texts in JSON is the layers' above.
public final class Store: Sendable {
  let database: any DatabaseWriter

  /// Opens the database at `path`, and makes or migrates it where needed.
  ///
  /// Throws `SandlotError`: `failedPrecondition` where the file cannot be used, or where a newer
  /// server has written it. The file is for its owner alone.
  public convenience init(path: String) throws {
    try self.init(opening: path) {
      // SQLite gives its write-ahead files the mode of the database.
      let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      if descriptor >= 0 { close(descriptor) }
      for file in [path, path + "-wal", path + "-shm"] { chmod(file, 0o600) }
      var configuration = Configuration()
      // What is removed is overwritten: it may have been a secret.
      configuration.prepareDatabase { try $0.execute(sql: "PRAGMA secure_delete = ON") }
      return try DatabasePool(path: path, configuration: configuration)
    }
  }

  /// A store that ends with the process, for tests.
  public convenience init() throws {
    try self.init(opening: ":memory:") { try DatabaseQueue() }
  }

  private init(opening path: String, _ open: () throws -> any DatabaseWriter) throws {
    do {
      database = try open()
      let migrator = Migrations.migrator
      // Not by a reader: one that has seen the tables before a migration does not see new columns.
      guard try !database.writeWithoutTransaction(migrator.hasBeenSuperseded) else {
        throw SandlotError(
          .failedPrecondition, "The database \(path) was written by a newer Sandlot.",
          hint: "Start that version, or choose another data directory.")
      }
      try migrator.migrate(database)
    } catch let error as DatabaseError {
      throw SandlotError(
        .failedPrecondition, "The database \(path) cannot be used: \(error.reason).",
        hint: "If it is damaged, move it away: the server makes a new one.")
    }
  }
}

extension Store {
  /// Runs `body` in a read transaction.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    do {
      return try await database.read(body)
    } catch let error as DatabaseError {
      throw Self.translate(error)
    }
  }

  /// Runs `body` in a write transaction: all of it happens, or nothing.
  ///
  /// It is carried out in a cancelled task too: rows are where the end of cancelled work is kept.
  func write<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    do {
      return try await Task { [database] in try await database.write(body) }.value
    } catch let error as DatabaseError {
      throw Self.translate(error)
    }
  }

  private static func translate(_ error: DatabaseError) -> SandlotError {
    switch error.resultCode {
    case .SQLITE_CONSTRAINT where error.extendedResultCode == .SQLITE_CONSTRAINT_FOREIGNKEY:
      SandlotError(.notFound, "What a row of the database belongs to does not exist any more.")
    case .SQLITE_FULL:
      SandlotError(
        .resourceExhausted, "The disk is full: the database cannot be written.",
        hint: "Free some space, or move the data directory to a larger disk.")
    case .SQLITE_CONSTRAINT:
      SandlotError(.alreadyExists, "A row of the database exists already: \(error.reason).")
    default:
      SandlotError(.internal, "The database failed: \(error.reason).")
    }
  }
}

extension DatabaseError {
  /// SQLite's own words for it.
  fileprivate var reason: String { message ?? "error \(resultCode.rawValue)" }
}
