import Synchronization

/// Records the stages of a start, one after another.
final class Stopwatch: Sendable {
  private struct State {
    var trace: LaunchTrace
    var last: ContinuousClock.Instant
  }

  private let state: Mutex<State>

  /// A stopwatch that runs from now on.
  init(_ path: LaunchTrace.Path) {
    state = Mutex(State(trace: LaunchTrace(path: path), last: .now))
  }

  /// The stage that began with the last lap ends.
  func lap(_ name: String) {
    let now = ContinuousClock.now
    state.withLock { state in
      state.trace.stages.append(.init(name: name, seconds: (now - state.last) / .seconds(1)))
      state.last = now
    }
  }

  /// The stages until now.
  var trace: LaunchTrace { state.withLock { $0.trace } }
}
