import Store
import Synchronization

/// What became of each step, as the build goes on.
final class BuildHistory: Sendable {
  private let list = Mutex<[ImageRow.Step]>([])

  /// The steps so far, in their order.
  var steps: [ImageRow.Step] { list.withLock { $0.sorted { $0.number < $1.number } } }

  /// Notes the beginning of a stage.
  func note(_ stage: BuildPlan.Stage) {
    let entry = ImageRow.Step(number: stage.number, text: stage.text, outcome: .configured)
    list.withLock { $0.append(entry) }
  }

  func note(
    _ step: BuildPlan.Step, _ outcome: ImageRow.Step.Outcome, reason: String? = nil,
    seconds: Double? = nil
  ) {
    let entry = ImageRow.Step(
      number: step.number, text: step.step.text, outcome: outcome, reason: reason,
      seconds: seconds)
    list.withLock { $0.append(entry) }
  }
}
