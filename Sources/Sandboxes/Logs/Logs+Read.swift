import Errors
import Foundation
import SystemPackage

extension Logs {
  /// The newest entries, the oldest of them first, at most so many.
  ///
  /// Throws `SandlotError.resourceExhausted` where they are too much for one answer.
  public func newest(
    _ limit: Int, _ scope: LogScope, _ query: LogQuery = LogQuery()
  ) async throws -> [LogBatch] {
    var selection = LogSelection(limit: limit, newestFirst: true, limits.answerBytes)
    var query = query
    for log in try logs(in: scope, since: query.since) {
      try await pause()
      try selection.take(from: log, query)
      // What is older than all that was selected need not be looked at.
      if let floor = selection.floor { query.since = max(query.since, floor) }
    }
    return try selection.batches()
  }

  /// The oldest entries of a time or later, whole batches, until there are so many.
  func oldest(
    _ limit: Int, _ scope: LogScope, _ query: LogQuery
  ) async throws -> [LogBatch] {
    var selection = LogSelection(limit: limit, newestFirst: false, limits.answerBytes)
    for log in try logs(in: scope, since: query.since) {
      try await pause()
      try selection.take(from: log, query)
    }
    return try selection.batches()
  }

  /// How many entries there are in each span of so many nanoseconds, the oldest first, without the
  /// spans that have none. Spans begin at multiples of their length.
  public func count(
    each span: Int64, _ scope: LogScope, _ query: LogQuery
  ) async throws -> [LogCount] {
    var counts: [Int64: [LogSource: Int]] = [:]
    for log in try logs(in: scope, since: query.since) {
      try await pause()
      guard var reader = try LogReader(log) else { continue }
      try reader.forEachRun(of: query) { reader, run in
        let entries = try reader.count(of: run, query)
        if entries > 0 {
          counts[run.time / span * span, default: [:]][run.source, default: 0] += entries
        }
        return true
      }
    }
    return counts.sorted { $0.key < $1.key }.map { LogCount(start: $0.key, entries: $0.value) }
  }

  /// A source's bytes as a stream that has ended; empty where it wrote nothing, nil where the log is
  /// gone.
  func spool(
    _ sandboxID: String, appID: String, _ source: LogSource, _ context: SandboxContext
  ) throws -> Spool? {
    let path = path(sandboxID, appID: appID)
    guard FileManager.default.fileExists(atPath: path.string) else { return nil }
    return try Spool(
      finished: path.appending(source.fileName), options: context.limits.spool,
      clock: context.clock, logger: context.logger)
  }

  /// The logs of a scope that may have lines of a time or later, those that were written last first.
  private func logs(in scope: LogScope, since: Int64) throws -> [LogPlace] {
    settle()
    let app = directory.appending(scope.appID.filter { $0 != "/" && $0 != "." })
    switch scope {
    case .sandbox(let id, let appID): return [LogPlace(sandboxID: id, path: path(id, appID: appID))]
    case .app:
      let names = (try? FileManager.default.contentsOfDirectory(atPath: app.string)) ?? []
      var found: [(place: LogPlace, written: Int64)] = []
      for name in names {
        let place = LogPlace(sandboxID: name, path: app.appending(name))
        guard let written = FileTimes.modified(place.path.appending("index")) else { continue }
        // File times are coarse, and the clock may have been set.
        if written >= since.subtractingReportingOverflow(60_000_000_000).partialValue {
          found.append((place, written))
        }
      }
      return found.sorted { $0.written > $1.written }.map(\.place)
    }
  }

  /// Lets others run, and ends the work of a caller that has left.
  private func pause() async throws {
    try Task.checkCancellation()
    await Task.yield()
  }
}
