import Logging
import Mounts
import ServiceLifecycle

/// Removes, at the start and every hour, the local files of clients that nobody needs any more.
struct MountCaretaker: Service {
  let mounts: Mounts
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        do {
          try await mounts.collect()
        } catch {
          logger.error("old files cannot be removed", metadata: ["error": "\(error)"])
        }
        // Cancellation is how this service ends; it is no error.
        guard (try? await Task.sleep(for: .seconds(3600))) != nil else { return }
      }
    }
  }
}
