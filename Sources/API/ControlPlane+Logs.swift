import Errors
import GRPCCore
import ModalProtocol
import Sandboxes
import Store

extension ControlPlane {
  /// The limit with which the SDK asks for everything of a time; it has counted before, and gives up
  /// where there are more.
  private static let wholeTime = 20_000

  /// How much of an app's log is shown before it is followed.
  private static let recentEntries = 100

  /// The newest entries of a time.
  public func appFetchLogs(
    request: Modal_Client_AppFetchLogsRequest, context: ServerContext
  ) async throws -> Modal_Client_AppFetchLogsResponse {
    if let image = BuilderTask.image(ofTask: request.taskID) {
      let limit = request.limit == 0 ? Self.recentEntries : min(Int(request.limit), Self.wholeTime)
      return try await buildLogs(ofImage: image, request, limit: limit)
    }
    let scope = try await logScope(request.appID, request.taskID, request.sandboxID)
    guard request.namesNoFunction else { return Modal_Client_AppFetchLogsResponse() }
    var query = LogQuery(request.source, search: request.searchText)
    if request.hasSince { query.since = request.since.nanosecondsSince1970 }
    if request.hasUntil { query.until = request.until.nanosecondsSince1970 }
    let limit = request.limit == 0 ? Self.recentEntries : min(Int(request.limit), Self.wholeTime)
    query.grouped = limit == Self.wholeTime
    let found = try await sandboxes.logs.newest(limit, scope, query)
    let batches = try await LogTranslation(sandboxes: sandboxes).batches(found)
    return .with { $0.batches = batches }
  }

  /// How many entries there are in each span of a time, so that the client can fetch them in parts.
  public func appCountLogs(
    request: Modal_Client_AppCountLogsRequest, context: ServerContext
  ) async throws -> Modal_Client_AppCountLogsResponse {
    guard request.bucketSecs > 0 else {
      throw SandlotError(.invalidArgument, "bucket_secs is 0; it must be a second at least.")
    }
    if let image = BuilderTask.image(ofTask: request.taskID) {
      return try await countBuildLogs(ofImage: image, request)
    }
    let scope = try await logScope(request.appID, request.taskID, request.sandboxID)
    var query = LogQuery(request.source, search: request.searchText)
    if request.hasSince { query.since = request.since.nanosecondsSince1970 }
    if request.hasUntil { query.until = request.until.nanosecondsSince1970 }
    query.grouped = true
    let span = Int64(request.bucketSecs) * 1_000_000_000
    let counts =
      request.namesNoFunction ? try await sandboxes.logs.count(each: span, scope, query) : []
    return .with {
      $0.appID = request.appID
      $0.buckets = counts.map { .init($0) }
    }
  }

  /// Entries as they are written.
  ///
  /// Of one sandbox, and of an app whose client runs, everything is told; of another app the newest
  /// entries, and then what follows. Whoever runs an app prints its log among his own output, and so
  /// is not told what becomes of its sandboxes, unless he asks.
  public func appGetLogs(
    request: Modal_Client_AppGetLogsRequest,
    response: RPCWriter<Modal_Client_TaskLogsBatch>, context: ServerContext
  ) async throws {
    let scope = try await logScope(request.appID, request.taskID, request.sandboxID)
    guard request.namesNoFunction else { return }
    let translation = LogTranslation(sandboxes: sandboxes)
    var query = LogQuery(request.fileDescriptor, search: request.searchText)
    var isStopped: @Sendable () async throws -> Bool = { true }
    if case .app(let appID) = scope {
      isStopped = { try await apps.app(appID).state == .stopped }
      let isNamed = try await apps.app(appID).name != nil
      if !isNamed, request.fileDescriptor == .unspecified { query.sources.remove(.system) }
      if isNamed, request.lastEntryID.isEmpty {
        let recent = try await sandboxes.logs.newest(Self.recentEntries, scope, query)
        try await translation.write(recent, to: response)
        // Without any, everything that is written from now on is new.
        query.since = (recent.last?.time ?? sandboxes.logs.time()) + 1
      }
    }
    if !request.lastEntryID.isEmpty {
      query.since = try LogTranslation.time(ofEntry: request.lastEntryID) + 1
    }
    let duration = Duration.seconds(Double(min(max(0, request.timeout), 300)))
    for try await page in sandboxes.followLogs(
      scope, query, for: duration, isStopped: isStopped)
    {
      try await translation.write(page, to: response)
    }
  }

  /// Whose logs a request asks for: a sandbox's, by its task or its id, or an app's.
  private func logScope(
    _ appID: String, _ taskID: String, _ sandboxID: String
  ) async throws -> LogScope {
    if !taskID.isEmpty || !sandboxID.isEmpty {
      let sandbox =
        taskID.isEmpty
        ? try await sandboxes.info(sandboxID) : try await sandboxes.info(taskID: taskID)
      guard appID.isEmpty || appID == sandbox.appID else {
        throw SandlotError(.notFound, "App \(appID) has no sandbox \(sandbox.id).")
      }
      return .sandbox(id: sandbox.id, appID: sandbox.appID)
    }
    return .app(try await apps.app(appID).id)
  }
}
