import Foundation
import GRDB

/// What a sandbox used in a stretch of its life.
public struct UsageRow: Codable, Sendable, Equatable {
  /// The sandbox.
  public var sandboxID: String
  /// The end of the stretch.
  public var time: Date
  /// Its length in seconds.
  public var seconds: Double
  /// Processor time that was used, in seconds of a physical core.
  public var coreSeconds: Double
  /// Processor time that is billed, in seconds of a physical core.
  public var billedCoreSeconds: Double
  /// Memory that is billed, in GiB times seconds.
  public var billedGiBSeconds: Double
  /// Memory that was occupied, in bytes; nil where nobody knows.
  public var memoryBytes: Int64?

  /// A row.
  public init(
    sandboxID: String, time: Date, seconds: Double, coreSeconds: Double,
    billedCoreSeconds: Double, billedGiBSeconds: Double, memoryBytes: Int64?
  ) {
    self.sandboxID = sandboxID
    self.time = time
    self.seconds = seconds
    self.coreSeconds = coreSeconds
    self.billedCoreSeconds = billedCoreSeconds
    self.billedGiBSeconds = billedGiBSeconds
    self.memoryBytes = memoryBytes
  }
}

/// Times as in `SandboxRow`, so that both can be compared.
extension UsageRow: FetchableRecord, PersistableRecord {
  public static let databaseTableName = "usage"

  public static func databaseDateEncodingStrategy(
    for column: String
  ) -> DatabaseDateEncodingStrategy {
    .timeIntervalSince1970
  }
}

/// All that a sandbox has used: the sum of its stretches, also of those that are kept no longer.
public struct UsageTotalsRow: Codable, Sendable, Equatable {
  /// The sandbox.
  public var sandboxID: String
  /// How long it ran, in seconds.
  public var seconds: Double
  /// Processor time that was used, in seconds of a physical core.
  public var coreSeconds: Double
  /// Processor time that is billed, in seconds of a physical core.
  public var billedCoreSeconds: Double
  /// Memory that is billed, in GiB times seconds.
  public var billedGiBSeconds: Double

  /// A row.
  public init(
    sandboxID: String, seconds: Double = 0, coreSeconds: Double = 0,
    billedCoreSeconds: Double = 0, billedGiBSeconds: Double = 0
  ) {
    self.sandboxID = sandboxID
    self.seconds = seconds
    self.coreSeconds = coreSeconds
    self.billedCoreSeconds = billedCoreSeconds
    self.billedGiBSeconds = billedGiBSeconds
  }
}

extension UsageTotalsRow: FetchableRecord, PersistableRecord {
  public static let databaseTableName = "usageTotals"
}

extension Store {
  /// Keeps stretches of any number of sandboxes and adds them to their totals, all or none.
  public func addUsage(_ rows: [UsageRow]) async throws {
    guard !rows.isEmpty else { return }
    try await write { database in
      for row in rows {
        try row.insert(database)
        try database.execute(
          sql: """
            INSERT INTO usageTotals VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (sandboxID) DO UPDATE SET
              seconds = seconds + excluded.seconds,
              coreSeconds = coreSeconds + excluded.coreSeconds,
              billedCoreSeconds = billedCoreSeconds + excluded.billedCoreSeconds,
              billedGiBSeconds = billedGiBSeconds + excluded.billedGiBSeconds
            """,
          arguments: [
            row.sandboxID, row.seconds, row.coreSeconds, row.billedCoreSeconds,
            row.billedGiBSeconds,
          ])
      }
    }
  }

  /// A sandbox's stretches that end after `since` and begin before `until`, in their order.
  public func usage(sandboxID: String, since: Date, until: Date) async throws -> [UsageRow] {
    try await read { database in
      try UsageRow
        .filter(Column("sandboxID") == sandboxID)
        .filter(Column("time") > since.timeIntervalSince1970)
        .filter(Column("time") - Column("seconds") < until.timeIntervalSince1970)
        .order(Column("time"), Column.rowID)
        .fetchAll(database)
    }
  }

  /// Whether a stretch of a sandbox is kept.
  public func hasUsage(sandboxID: String) async throws -> Bool {
    try await read { try !UsageRow.filter(Column("sandboxID") == sandboxID).isEmpty($0) }
  }

  /// The totals of these sandboxes; one that never ran has none.
  public func usageTotals(sandboxIDs: [String]) async throws -> [String: UsageTotalsRow] {
    try await read { database in
      let rows = try UsageTotalsRow.filter(keys: sandboxIDs).fetchAll(database)
      return Dictionary(rows.map { ($0.sandboxID, $0) }, uniquingKeysWith: { $1 })
    }
  }

  /// Forgets the stretches, not the totals, of sandboxes that finished before `time`; returns how
  /// many there were.
  @discardableResult
  public func removeUsage(ofSandboxesFinishedBefore time: Date) async throws -> Int {
    try await write { database in
      try database.execute(
        sql: """
          DELETE FROM usage WHERE sandboxID IN
            (SELECT id FROM sandboxes WHERE finishedAt < ?)
          """, arguments: [time.timeIntervalSince1970])
      return database.changesCount
    }
  }
}
