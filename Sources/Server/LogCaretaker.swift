import Sandboxes
import ServiceLifecycle
import Settings

/// Keeps the logs of sandboxes up to date and within their limits.
struct LogCaretaker: Service {
  let sandboxes: Sandboxes

  func run() async throws {
    await cancelWhenGracefulShutdown { await sandboxes.keepLogs() }
  }
}

extension LogLimits {
  /// What an operator has decided.
  init(_ settings: Settings) {
    self.init()
    streamBytes = Int64(settings.logLimit) << 20
    totalBytes = Int64(settings.logBudget) << 20
    retention = .seconds(settings.logDays * 24 * 3600)
  }
}
