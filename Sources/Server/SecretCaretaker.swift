import Logging
import Secrets
import ServiceLifecycle

/// Removes, at the start and every hour, the anonymous secrets that nobody needs.
struct SecretCaretaker: Service {
  let secrets: Secrets
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        do {
          try await secrets.removeAbandoned()
        } catch {
          logger.error("old secrets cannot be removed", metadata: ["error": "\(error)"])
        }
        // Cancellation is how this service ends; it is no error.
        guard (try? await Task.sleep(for: .seconds(3600))) != nil else { return }
      }
    }
  }
}
