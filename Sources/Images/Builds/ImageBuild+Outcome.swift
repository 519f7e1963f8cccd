import Errors
import Store

extension ImageBuild {
  /// Builds the image; returns its row with how that ended.
  func outcome(_ row: ImageRow) async -> ImageRow {
    var row = row
    do {
      row.layers = try await run()
      row.state = .built
    } catch {
      row.state = .failed
      row.failure = message(for: error)
      context.logger.info("the build of \(id) failed: \(error)")
    }
    row.steps = history.steps
    return row
  }

  private func message(for error: any Error) -> String {
    switch error {
    case let failure as BuildFailure: failure.message
    case is CancellationError: "The build was stopped: the server was shut down."
    case let error as SandlotError: "The image could not be built: \(error)"
    default: "The image could not be built: \(error)"
    }
  }
}
