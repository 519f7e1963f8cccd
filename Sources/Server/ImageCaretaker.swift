import Foundation
import Images
import Logging
import ServiceLifecycle
import Settings

/// Keeps images within what they may take, for as long as they may stay.
struct ImageCaretaker: Service {
  private static let interval: Duration = .seconds(3600)
  let images: ImageService
  let bases: BaseLibrary
  let logger: Logger

  func run() async throws {
    try? await cancelWhenGracefulShutdown {
      while true {
        do {
          let removed = try await images.collect()
          try await bases.collect()
          if removed.images + removed.cachedSteps > 0 {
            logger.info(
              "images and cached steps were removed",
              metadata: [
                "images": "\(removed.images)", "steps": "\(removed.cachedSteps)",
                "mebibytes": "\(removed.bytes >> 20)",
              ])
          }
        } catch is CancellationError {
          return
        } catch {
          logger.error("images cannot be collected: \(error)")
        }
        try await Task.sleep(for: Self.interval)
      }
    }
  }
}

extension LibraryLimits {
  /// What an operator has decided.
  init(_ settings: Settings) {
    self.init()
    totalBytes = Int64(settings.imageBudget) << 20
    retention = TimeInterval(settings.imageDays) * 24 * 3600
  }
}

extension BuildLimits {
  /// What an operator has decided.
  init(_ settings: Settings) {
    self.init()
    memoryMiB = settings.buildMemory
    virtualCPUs = settings.buildProcessors
    timeLimit = .seconds(settings.buildTimeout)
  }
}
