import Errors
import Images

/// Executes the recipe of the SDK's default image once, so that the first sandbox need not wait
/// for it.
struct DefaultImageBuild: Sendable {
  let images: ImageService
  let base: BaseImage
  let builderVersion: String
  let progress: Progress

  /// Builds the image where it is missing, showing the beginning of each step.
  ///
  /// Throws `failedPrecondition` with the build's own words where a step fails.
  func run() async throws {
    let minor = base.pythonVersion.split(separator: ".").prefix(2).joined(separator: ".")
    guard
      let definition = DefaultImage.definition(
        builderVersion: builderVersion, pythonMinor: minor)
    else { return }
    let summary = try await images.getOrCreate(definition, forceBuild: false, ignoreCache: false)
    if case .built = summary.state { return }
    progress.report("default image", "building it in a VM")
    for await event in try await images.buildEvents(summary.id, after: 0) {
      switch event {
      case .log(_, let log) where log.stream == .info: show(log.text)
      case .log: break
      case .finished(_, .failed(let failure)):
        throw SandlotError(
          .failedPrecondition, "The default image could not be built. \(failure.message)",
          hint: "Mend the cause and start again; 'sandlot doctor' checks the host.")
      case .finished: progress.report("default image", "built")
      }
    }
  }

  private func show(_ text: String) {
    for line in text.split(whereSeparator: \.isNewline) {
      progress.report("default image", String(line))
    }
  }
}
