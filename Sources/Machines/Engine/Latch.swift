import Synchronization

/// A value that comes once and is awaited by any number of tasks.
final class Latch<Value: Sendable>: Sendable {
  private struct State {
    var value: Value?
    var waiters: [UInt64: @Sendable (Value?) -> Void] = [:]
    var nextWaiter: UInt64 = 0
  }

  private let state = Mutex(State())

  /// The value, where it has come.
  var current: Value? { state.withLock { $0.value } }

  /// Gives the value; only the first one counts. Returns whether this was it.
  @discardableResult
  func set(_ value: Value) -> Bool {
    let waiters = state.withLock { state -> [@Sendable (Value?) -> Void]? in
      guard state.value == nil else { return nil }
      state.value = value
      defer { state.waiters = [:] }
      return Array(state.waiters.values)
    }
    waiters?.forEach { $0(value) }
    return waiters != nil
  }

  /// Waits for the value, whatever happens to the task.
  func wait() async -> Value {
    await withCheckedContinuation { continuation in
      _ = add { value in
        // Nobody but `cancel` passes nil, and nobody knows this waiter's number.
        if let value { continuation.resume(returning: value) }
      }
    }
  }

  /// Waits for the value; throws `CancellationError` as soon as the task is cancelled.
  func waitUnlessCancelled() async throws -> Value {
    let number = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        add(number) { value in
          if let value {
            continuation.resume(returning: value)
          } else {
            continuation.resume(throwing: CancellationError())
          }
        }
        // The handler below may have run before there was anything to cancel.
        if Task.isCancelled { cancel(number) }
      }
    } onCancel: {
      cancel(number)
    }
  }

  private func add(_ waiter: @escaping @Sendable (Value?) -> Void) -> UInt64 {
    let number = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    add(number, waiter)
    return number
  }

  private func add(_ number: UInt64, _ waiter: @escaping @Sendable (Value?) -> Void) {
    let value = state.withLock { state in
      if state.value == nil { state.waiters[number] = waiter }
      return state.value
    }
    if let value { waiter(value) }
  }

  private func cancel(_ number: UInt64) {
    state.withLock { $0.waiters.removeValue(forKey: number) }?(nil)
  }
}
