import Synchronization

/// A value that comes once, for any number of waiters.
package final class Promise<Value: Sendable>: Sendable {
  private struct State {
    var value: Value?
    var waiters: [UInt64: CheckedContinuation<Value?, Never>] = [:]
    var nextWaiter: UInt64 = 0
  }

  private let state = Mutex(State())

  /// A promise that nobody has kept.
  package init() {}

  /// The value, where it has come.
  package var current: Value? { state.withLock { $0.value } }

  /// Brings the value; what comes after the first is dropped. Returns whether it was the first.
  @discardableResult
  package func fulfil(_ value: Value) -> Bool {
    let waiters = state.withLock { state -> [CheckedContinuation<Value?, Never>]? in
      guard state.value == nil else { return nil }
      state.value = value
      defer { state.waiters = [:] }
      return Array(state.waiters.values)
    }
    for waiter in waiters ?? [] { waiter.resume(returning: value) }
    return waiters != nil
  }

  /// Waits for the value. Throws `CancellationError` where the task is cancelled first.
  package func value() async throws -> Value {
    let id = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    let value = await withTaskCancellationHandler {
      await withCheckedContinuation { register($0, as: id) }
    } onCancel: {
      let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
      waiter?.resume(returning: nil)
    }
    guard let value else { throw CancellationError() }
    return value
  }

  /// A cancellation that comes before the waiter is registered finds nothing to resume, so the
  /// flag, which is set before the handler runs, is looked at under the same lock.
  private func register(_ waiter: CheckedContinuation<Value?, Never>, as id: UInt64) {
    let (isDone, value) = state.withLock { state -> (Bool, Value?) in
      if state.value != nil || Task.isCancelled { return (true, state.value) }
      state.waiters[id] = waiter
      return (false, nil)
    }
    if isDone { waiter.resume(returning: value) }
  }
}
