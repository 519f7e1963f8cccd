import Errors
import Foundation
import Logging
import Synchronization
import SystemPackage

/// The logs of all sandboxes, running and finished: what their entrypoints wrote, and what became of
/// them.
///
/// A directory for each sandbox in one for each app holds a file for each source and an index. The
/// file system is the only catalogue, so logs outlive the server, and finished ones cost no memory.
public final class Logs: Sendable {
  private struct State {
    /// Logs that are being written, by sandbox.
    var open: [String: (appID: String, log: SandboxLog)] = [:]
    /// The time of the newest lines of an app's logs that were closed since the server began.
    var closed: [String: Int64] = [:]
  }

  let directory: FilePath
  let limits: LogLimits
  let clock: LogClock
  let now: @Sendable () -> Date
  private let logger: Logger
  private let state = Mutex(State())

  /// The logs below a directory, which belongs to them alone.
  public init(
    directory: FilePath, limits: LogLimits = LogLimits(), logger: Logger,
    now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.directory = directory
    self.limits = limits
    self.logger = logger
    self.now = now
    clock = LogClock(now: now)
  }

  /// Begins the log of a sandbox.
  ///
  /// Throws `SandlotError.internal` where its directory cannot be made.
  package func open(_ sandboxID: String, appID: String) throws(SandlotError) -> SandboxLog {
    try open(sandboxID, appID: appID, ends: [:])
  }

  /// Goes on with the log that a former server has left open, or begins one: what a crash has kept
  /// from the index is read again.
  ///
  /// Throws `SandlotError.internal` where it cannot be read or written.
  package func resume(_ sandboxID: String, appID: String) throws(SandlotError) -> SandboxLog {
    let path = path(sandboxID, appID: appID)
    do {
      var reader = try LogReader(LogPlace(sandboxID: sandboxID, path: path))
      let log = try open(sandboxID, appID: appID, ends: try reader?.ends() ?? [:])
      try log.catchUp()
      return log
    } catch {
      throw SandlotError(.internal, "The log in \(path) cannot be read: \(error).")
    }
  }

  private func open(
    _ sandboxID: String, appID: String, ends: [LogSource: Int64]
  ) throws(SandlotError) -> SandboxLog {
    let path = path(sandboxID, appID: appID)
    let log = SandboxLog(
      directory: path, clock: clock, limits: limits, ends: ends, logger: logger)
    // First, so that what removes old logs lets the directory be.
    state.withLock { $0.open[sandboxID] = (appID, log) }
    do {
      try FileManager.default.createDirectory(
        atPath: path.string, withIntermediateDirectories: true)
    } catch {
      state.withLock { $0.open[sandboxID] = nil }
      throw SandlotError(.internal, "The log in \(path) cannot be made: \(error).")
    }
    return log
  }

  /// Closes the log of a sandbox that has ended; it stays readable.
  package func close(_ sandboxID: String) {
    guard let (appID, log) = state.withLock({ $0.open[sandboxID] }) else { return }
    log.close()
    state.withLock { state in
      state.open[sandboxID] = nil
      state.closed[appID] = max(log.newest, state.closed[appID] ?? 0)
    }
  }

  /// Forgets the log of a sandbox that never came to be.
  func discard(_ sandboxID: String, appID: String) {
    state.withLock { $0.open[sandboxID] = nil }
    try? FileManager.default.removeItem(atPath: path(sandboxID, appID: appID).string)
  }

  /// Makes visible what the logs of running sandboxes were told so far; of lines that are not
  /// complete, those that have waited a second for their end.
  public func settle() {
    for log in state.withLock({ $0.open.values.map(\.log) }) { log.settle() }
  }

  /// The time of the newest lines of a scope's running sandboxes, and of those that ended since the
  /// server began; 0 where there are none.
  func newest(in scope: LogScope) -> Int64 {
    let (logs, closed) = state.withLock { state in
      (
        state.open.filter { scope.includes($0.key, appID: $0.value.appID) }.values.map(\.log),
        state.closed[scope.appID] ?? 0
      )
    }
    return logs.reduce(closed) { max($0, $1.newest) }
  }

  /// Now, as entries are given their times.
  public func time() -> Int64 { clock.time() }

  /// Whether a sandbox's log is being written.
  func isOpen(_ sandboxID: String) -> Bool { state.withLock { $0.open[sandboxID] != nil } }

  /// Where the log of a sandbox is.
  func path(_ sandboxID: String, appID: String) -> FilePath {
    // Ids are the server's own; one that a client made up must not lead out of the directory.
    let parts = [appID, sandboxID].map { $0.filter { $0 != "/" && $0 != "." } }
    return directory.appending(parts[0]).appending(parts[1])
  }
}

extension LogScope {
  /// The app.
  var appID: String {
    switch self {
    case .app(let appID), .sandbox(_, let appID): appID
    }
  }

  func includes(_ sandboxID: String, appID: String) -> Bool {
    switch self {
    case .app(let wanted): appID == wanted
    case .sandbox(let wanted, _): sandboxID == wanted
    }
  }
}
