import Errors
import GuestProtocol
import Synchronization

/// The credit of a guest process's standard input.
final class GuestInput: Sendable {
  private struct State {
    var credit = Limits.initialWindow
    var isClosed = false
    var failure: SandlotError?
    var waiters: [Latch<Void>] = []
  }

  private let state: Mutex<State>

  /// An input that takes bytes, or one that is closed from the start.
  init(isOpen: Bool) { state = Mutex(State(isClosed: !isOpen)) }

  /// Waits until the process has room and takes up to `limit` bytes of it; nil where nobody reads.
  func reserve(upTo limit: Int) async throws -> Int? {
    while true {
      let waiter = Latch<Void>()
      let reserved = try state.withLock { state throws(SandlotError) -> Int?? in
        if let failure = state.failure { throw failure }
        if state.isClosed { return .some(nil) }
        guard state.credit > 0 || limit == 0 else {
          state.waiters.append(waiter)
          return nil
        }
        let count = min(limit, state.credit)
        state.credit -= count
        return count
      }
      if let reserved { return reserved }
      try await waiter.waitUnlessCancelled()
    }
  }

  /// The agent grants more.
  func grant(_ count: UInt32) throws {
    let waiters = try state.withLock { state throws(WireError) in
      // It grants what the process has read of what was sent, and so never more than the window.
      guard Int(count) <= Limits.initialWindow - state.credit else {
        throw .malformed("the agent granted \(count) bytes that it had not been sent")
      }
      state.credit += Int(count)
      return Self.takeWaiters(&state)
    }
    waiters.forEach { $0.set(()) }
  }

  /// Closes it, from either side; returns whether it was open.
  @discardableResult
  func close() -> Bool {
    let (wasOpen, waiters) = state.withLock { state in
      defer { state.isClosed = true }
      return (!state.isClosed, Self.takeWaiters(&state))
    }
    waiters.forEach { $0.set(()) }
    return wasOpen
  }

  /// The machine is gone.
  func fail(_ error: SandlotError) {
    let waiters = state.withLock { state in
      state.failure = error
      return Self.takeWaiters(&state)
    }
    waiters.forEach { $0.set(()) }
  }

  private static func takeWaiters(_ state: inout State) -> [Latch<Void>] {
    defer { state.waiters = [] }
    return state.waiters
  }
}
