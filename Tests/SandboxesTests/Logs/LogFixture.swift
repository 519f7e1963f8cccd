import Foundation
import Logging
import Sandboxes
import SystemPackage

/// Logs in a directory of their own, with a clock that the test moves.
final class LogFixture: Sendable {
  let clock = ManualClock()
  let directory: FilePath
  let logs: Logs
  let app = LogScope.app("ap-1")

  init(_ adjust: (inout LogLimits) -> Void = { _ in }) {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("sandlot-logs-\(UUID())").path
    directory = FilePath(path)
    logs = Self.logs(directory, clock, adjust)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory.string) }

  /// The logs of the same directory, as a server after this one sees them.
  func again() -> Logs { Self.logs(directory, clock) { _ in } }

  private static func logs(
    _ directory: FilePath, _ clock: ManualClock, _ adjust: (inout LogLimits) -> Void
  ) -> Logs {
    var limits = LogLimits()
    adjust(&limits)
    return Logs(
      directory: directory, limits: limits,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, now: { clock.date })
  }

  /// A writer of one sandbox's log, as a sandbox's spools are.
  func writer(_ sandboxID: String = "sb-1") throws -> LogWriter {
    try LogWriter(logs.open(sandboxID, appID: "ap-1"))
  }

  /// The newest entries, all of them by default, as one text for each.
  func entries(
    _ limit: Int = 1000, of logs: Logs? = nil, _ adjust: (inout LogQuery) -> Void = { _ in }
  ) async throws -> [String] {
    var query = LogQuery()
    adjust(&query)
    return try await (logs ?? self.logs).newest(limit, app, query).flatMap(\.entries)
  }
}

/// Writes to a sandbox's files and tells its log.
struct LogWriter {
  let log: SandboxLog

  init(_ log: SandboxLog) { self.log = log }

  func write(_ text: String, _ source: LogSource = .standardOutput, tell: Bool = true) throws {
    try write(Array(text.utf8), source, tell: tell)
  }

  func write(_ bytes: [UInt8], _ source: LogSource = .standardOutput, tell: Bool = true) throws {
    let name = source == .standardOutput ? "stdout" : "stderr"
    let file = try FileDescriptor.open(
      log.directory.appending(name), .writeOnly, options: [.create, .append],
      permissions: .ownerReadWrite)
    let offset = try file.closeAfter {
      let offset = try file.seek(offset: 0, from: .end)
      try file.writeAll(bytes)
      return offset
    }
    if tell { log.note(bytes[...], of: source, at: offset) }
  }
}
