import Apps
import ServiceLifecycle

/// Ends apps whose clients have vanished.
struct AppCaretaker: Service {
  let apps: AppRegistry

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        // Cancellation is how this service ends; it is no error.
        guard (try? await Task.sleep(for: .seconds(5))) != nil else { return }
        await apps.endAbandonedApps()
      }
    }
  }
}
