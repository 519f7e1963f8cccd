import Synchronization

/// What must be undone when a machine ends, wherever in its start that happens.
final class Cleanup: Sendable {
  /// A step; it is told whether the machine failed, so that its logs are wanted.
  typealias Step = @Sendable (_ hasFailed: Bool) async -> Void

  private let steps = Mutex<[Step]>([])

  /// Adds a step; the last one added is done first.
  func add(_ step: @escaping Step) {
    steps.withLock { $0.append(step) }
  }

  /// Does all steps, each once, even in a task that is cancelled.
  func run(hasFailed: Bool) async {
    let pending = steps.withLock { steps in
      defer { steps = [] }
      return steps
    }
    await Task {
      for step in pending.reversed() { await step(hasFailed) }
    }.value
  }
}
