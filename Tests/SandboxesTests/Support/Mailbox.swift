import Synchronization

/// Values in the order they came, each taken once.
final class Mailbox<Value: Sendable>: Sendable {
  private struct State {
    var values: [Value] = []
    var takers: [CheckedContinuation<Value, Never>] = []
  }

  private let state = Mutex(State())

  func put(_ value: Value) {
    let taker = state.withLock { state -> CheckedContinuation<Value, Never>? in
      guard state.takers.isEmpty else { return state.takers.removeFirst() }
      state.values.append(value)
      return nil
    }
    taker?.resume(returning: value)
  }

  /// The next value, waited for.
  func take() async -> Value {
    await withCheckedContinuation { continuation in
      let value = state.withLock { state -> Value? in
        guard state.values.isEmpty else { return state.values.removeFirst() }
        state.takers.append(continuation)
        return nil
      }
      if let value { continuation.resume(returning: value) }
    }
  }

  /// How many wait to be taken.
  var count: Int { state.withLock { $0.values.count } }
}
