import Foundation
import Synchronization

/// A clock that stands still until a test moves it, and tells the test who sleeps.
final class ManualClock: Clock {
  struct Instant: InstantProtocol {
    var offset: Duration

    func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Duration { other.offset - offset }
    static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  private struct Sleeper {
    var deadline: Instant
    var continuation: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var now = Instant(offset: .zero)
    var sleepers: [UUID: Sleeper] = [:]
    var watchers: [(deadline: Instant, continuation: CheckedContinuation<Void, Never>)] = []
  }

  private let state = Mutex(State())

  var now: Instant { state.withLock { $0.now } }
  var minimumResolution: Duration { .nanoseconds(1) }

  /// The time of day; at the beginning it is a round number.
  var date: Date { Date(timeIntervalSince1970: 1_000_000 + now.offset / .seconds(1)) }

  /// Moves the clock; whoever slept until then or earlier wakes.
  func advance(by duration: Duration) {
    let due = state.withLock { state -> [Sleeper] in
      state.now = state.now.advanced(by: duration)
      let due = state.sleepers.filter { $0.value.deadline <= state.now }
      for id in due.keys { state.sleepers[id] = nil }
      return Array(due.values)
    }
    for sleeper in due { sleeper.continuation.resume(returning: true) }
  }

  /// Waits until someone sleeps for so long from now.
  func waitForSleep(of duration: Duration) async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        let deadline = state.now.advanced(by: duration)
        if state.sleepers.values.contains(where: { $0.deadline == deadline }) { return true }
        state.watchers.append((deadline, continuation))
        return false
      }
      if isThere { continuation.resume() }
    }
  }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    let id = UUID()
    let isDone = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        fallAsleep(id, Sleeper(deadline: deadline, continuation: continuation))
      }
    } onCancel: {
      let sleeper = state.withLock { $0.sleepers.removeValue(forKey: id) }
      sleeper?.continuation.resume(returning: false)
    }
    guard isDone else { throw CancellationError() }
  }

  private func fallAsleep(_ id: UUID, _ sleeper: Sleeper) {
    let (result, watchers) = state.withLock {
      state -> (Bool?, [CheckedContinuation<Void, Never>]) in
      if Task.isCancelled { return (false, []) }
      if sleeper.deadline <= state.now { return (true, []) }
      state.sleepers[id] = sleeper
      let due = state.watchers.filter { $0.deadline == sleeper.deadline }
      state.watchers.removeAll { $0.deadline == sleeper.deadline }
      return (nil, due.map(\.continuation))
    }
    if let result { sleeper.continuation.resume(returning: result) }
    for watcher in watchers { watcher.resume() }
  }
}
