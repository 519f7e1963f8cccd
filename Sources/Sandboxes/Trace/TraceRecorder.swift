import Machines
import Synchronization

/// Records the creation of one sandbox while it happens.
final class TraceRecorder: Sendable {
  private struct State {
    var trace = CreateTrace()
    /// When the last stage ended, in seconds since the beginning.
    var lastLap = 0.0
    var firstExecID: String?
  }

  private let state = Mutex(State())
  private let time: ElapsedTime

  /// A recorder of a creation that begins now.
  init(_ clock: any Clock<Duration>) { time = ElapsedTime(clock) }

  /// What is recorded so far.
  var trace: CreateTrace { state.withLock { $0.trace } }

  /// The stage that began with the last one's end ends.
  func lap(_ name: String, failure: String? = nil) {
    let now = time.seconds
    state.withLock { state in
      state.trace.stages.append(
        .init(name: name, seconds: now - state.lastLap, failure: failure))
      state.lastLap = now
    }
  }

  /// The machine was started: its own stages replace the one that ends now. What they leave over,
  /// handing the machine out, is a stage too, so that all stages add up to what has passed.
  func launched(_ launch: LaunchTrace) {
    let now = time.seconds
    state.withLock { state in
      let known = launch.stages.map { CreateTrace.Stage(name: $0.name, seconds: $0.seconds) }
      let rest = now - state.lastLap - known.reduce(0) { $0 + $1.seconds }
      state.trace.path = launch.path
      state.trace.stages += known
      state.trace.stages.append(.init(name: "hand over", seconds: max(0, rest)))
      state.lastLap = now
    }
  }

  /// The sandbox can be used from now on.
  func ready() { state.withLock { $0.trace.isReady = true } }

  /// A client's process runs.
  func execStarted(_ execID: String) {
    let now = time.seconds
    state.withLock { state in
      guard state.firstExecID == nil else { return }
      state.firstExecID = execID
      state.trace.firstExec = .init(started: now - state.lastLap)
    }
  }

  /// A client's process has ended.
  func execExited(_ execID: String) {
    let now = time.seconds
    state.withLock { state in
      guard state.firstExecID == execID, state.trace.firstExec?.exited == nil else { return }
      state.trace.firstExec?.exited = now - state.lastLap
    }
  }
}
