import Foundation
import GRDB

/// A sandbox as the store keeps it; the layer above owns what the JSON texts mean.
public struct SandboxRow: Codable, Sendable, Equatable {
  /// Where a sandbox is in its life, as far as it must be known after a restart.
  public enum State: String, Codable, Sendable {
    /// Written down; it may be starting.
    case requested
    /// Its machine runs, or is being stopped.
    case running
    /// It has a result.
    case finished
  }

  /// `sb-…`.
  public var id: String
  /// `ta-…`, one for each sandbox.
  public var taskID: String
  /// The app it belongs to.
  public var appID: String
  /// The name it was given; several sandboxes may have had it.
  public var name: String?
  /// Where it is in its life.
  public var state: State
  /// What was asked for, as JSON.
  public var specification: String
  /// A JSON object of strings.
  public var tags: String
  /// When it was asked for.
  public var createdAt: Date
  /// When its machine began to run.
  public var startedAt: Date?
  /// When it finished.
  public var finishedAt: Date?
  /// How it ended, as JSON; nil until it has finished.
  public var result: String?
  /// The key of the request that made it; of two requests with one key only one makes a sandbox.
  public var idempotencyKey: String?
  /// How it was created, stage by stage, as JSON; nil until it runs or has finished.
  public var trace: String?

  /// A sandbox that was asked for.
  public init(
    id: String, taskID: String, appID: String, name: String? = nil, state: State = .requested,
    specification: String = "{}", tags: String = "{}", createdAt: Date,
    idempotencyKey: String? = nil
  ) {
    self.id = id
    self.taskID = taskID
    self.appID = appID
    self.name = name
    self.state = state
    self.specification = specification
    self.tags = tags
    self.createdAt = createdAt
    self.idempotencyKey = idempotencyKey
  }
}

/// Times are kept as seconds, since clients page by the exact time of creation and GRDB's text
/// ends at the millisecond.
extension SandboxRow: FetchableRecord, PersistableRecord {
  public static let databaseTableName = "sandboxes"

  public static func databaseDateEncodingStrategy(
    for column: String
  ) -> DatabaseDateEncodingStrategy {
    .timeIntervalSince1970
  }
}

/// Which sandboxes to list.
public struct SandboxQuery: Sendable, Equatable {
  /// Only this app's; nil means all.
  public var appID: String?
  /// Only those of the apps of this environment; nil means all.
  public var environment: String?
  /// Only those of this name; nil means all.
  public var name: String?
  /// Whether finished ones count too.
  public var includeFinished: Bool
  /// Only those that carry all of these.
  public var tags: [String: String]
  /// Only those created strictly earlier.
  public var before: Date?
  /// At most so many.
  public var limit: Int

  /// A query; without arguments the newest hundred that have not finished.
  public init(
    appID: String? = nil, environment: String? = nil, name: String? = nil,
    includeFinished: Bool = false, tags: [String: String] = [:], before: Date? = nil,
    limit: Int = 100
  ) {
    self.appID = appID
    self.environment = environment
    self.name = name
    self.includeFinished = includeFinished
    self.tags = tags
    self.before = before
    self.limit = limit
  }

  fileprivate var request: QueryInterfaceRequest<SandboxRow> {
    var request = SandboxRow.order(Column("createdAt").desc, Column("id").desc).limit(limit)
    if let appID { request = request.filter(Column("appID") == appID) }
    if let environment {
      request = request.filter(
        literal: "appID IN (SELECT id FROM apps WHERE environment = \(environment))")
    }
    if let name { request = request.filter(Column("name") == name) }
    if !includeFinished { request = request.filter(SandboxRow.isUnfinished) }
    if let before { request = request.filter(Column("createdAt") < before.timeIntervalSince1970) }
    for (key, value) in tags {
      request = request.filter(
        literal: "EXISTS (SELECT 1 FROM json_each(tags) WHERE key = \(key) AND value = \(value))")
    }
    return request
  }
}

extension SandboxRow {
  fileprivate static var isUnfinished: SQLExpression {
    Column("state") != State.finished.rawValue
  }
}

extension Store {
  /// Keeps a new sandbox. Throws `alreadyExists` where its idempotency key was used before.
  public func insertSandbox(_ sandbox: SandboxRow) async throws {
    try await write { try sandbox.insert($0) }
  }

  /// The sandbox of this id.
  public func sandbox(id: String) async throws -> SandboxRow? {
    try await read { try SandboxRow.fetchOne($0, key: id) }
  }

  /// The sandbox of this task.
  public func sandbox(taskID: String) async throws -> SandboxRow? {
    try await read { try SandboxRow.filter(Column("taskID") == taskID).fetchOne($0) }
  }

  /// The sandbox that a request with this key made.
  public func sandbox(idempotencyKey: String) async throws -> SandboxRow? {
    try await read {
      try SandboxRow.filter(Column("idempotencyKey") == idempotencyKey).fetchOne($0)
    }
  }

  /// Sandboxes, newest first.
  public func sandboxes(_ query: SandboxQuery) async throws -> [SandboxRow] {
    try await read { try query.request.fetchAll($0) }
  }

  /// All sandboxes without a result.
  public func unfinishedSandboxes() async throws -> [SandboxRow] {
    try await read { try SandboxRow.filter(SandboxRow.isUnfinished).fetchAll($0) }
  }

  /// Notes that a sandbox's machine runs, and how it was created as JSON; nothing changes once it
  /// has finished.
  public func markSandboxRunning(id: String, at time: Date, trace: String) async throws {
    try await write { database in
      _ = try SandboxRow.filter(key: id).filter(SandboxRow.isUnfinished).updateAll(
        database, Column("state").set(to: SandboxRow.State.running.rawValue),
        Column("startedAt").set(to: time.timeIntervalSince1970), Column("trace").set(to: trace))
    }
  }

  /// Notes a sandbox's one result; a second one is ignored.
  ///
  /// - Parameter trace: How it was created, as JSON; nil leaves what is known.
  public func markSandboxFinished(
    id: String, result: String, at time: Date, trace: String? = nil
  ) async throws {
    try await write { database in
      _ = try SandboxRow.filter(key: id).filter(SandboxRow.isUnfinished).updateAll(
        database, Column("state").set(to: SandboxRow.State.finished.rawValue),
        Column("result").set(to: result),
        Column("finishedAt").set(to: time.timeIntervalSince1970),
        Column("trace").set(to: trace ?? Column("trace")))
    }
  }

  /// Names a sandbox.
  public func setSandboxName(_ name: String, id: String) async throws {
    try await write { database in
      _ = try SandboxRow.filter(key: id).updateAll(database, Column("name").set(to: name))
    }
  }

  /// Replaces a sandbox's tags; false where there is no such sandbox.
  public func setSandboxTags(_ tags: String, id: String) async throws -> Bool {
    try await write { database in
      try SandboxRow.filter(key: id).updateAll(database, Column("tags").set(to: tags)) > 0
    }
  }
}
