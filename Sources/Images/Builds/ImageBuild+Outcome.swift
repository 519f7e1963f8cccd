import Errors
import Store

extension ImageBuild {
  /// Builds the image; returns its row with how that ended.
  ///
  /// - Parameter whyStopped: Says why the build was cancelled, where it was.
  func outcome(
    _ row: ImageRow, whyStopped: @Sendable () async -> String
  ) async -> ImageRow {
    var row = row
    do {
      row.layers = try await run()
      row.state = .built
    } catch {
      row.state = .failed
      row.failure =
        error is CancellationError
        ? "The build was stopped: \(await whyStopped())." : message(for: error)
      context.logger.info("the build of \(id) failed: \(error)")
    }
    row.steps = history.steps
    return row
  }

  private func message(for error: any Error) -> String {
    switch error {
    case let failure as BuildFailure: failure.message
    case let error as SandlotError: "The image could not be built: \(error)"
    default: "The image could not be built: \(error)"
    }
  }
}
