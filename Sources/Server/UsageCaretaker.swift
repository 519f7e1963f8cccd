import Logging
import Sandboxes
import ServiceLifecycle

/// Forgets, at the start and every hour, the datapoints of sandboxes that ended long ago.
struct UsageCaretaker: Service {
  let sandboxes: Sandboxes
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        do {
          try await sandboxes.removeOldUsage()
        } catch {
          logger.error("old use cannot be removed", metadata: ["error": "\(error)"])
        }
        // Cancellation is how this service ends; it is no error.
        guard (try? await Task.sleep(for: .seconds(3600))) != nil else { return }
      }
    }
  }
}
