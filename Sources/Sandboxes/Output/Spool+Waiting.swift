import Errors

extension Spool {
  /// What a reader at an offset finds.
  enum Position {
    /// So many bytes beyond the offset.
    case readable(Int64)
    /// Bytes from here on; those before it are gone.
    case gone(Int64)
    /// Nothing yet.
    case nothing
    /// Nothing, ever.
    case ended
  }

  /// Makes bytes visible and wakes the readers that wait for them.
  func publish(_ length: Int64) {
    let waiters = state.withLock { state -> [Waiter] in
      state.length = length
      return state.takeWaiters { $0.length <= length }
    }
    for waiter in waiters { waiter.continuation.resume() }
  }

  /// Ends the stream, closes the file and wakes everyone. A failure also ends what had finished,
  /// for those who have not read it.
  func end(_ end: End) {
    let waiters = state.withLock { state -> [Waiter] in
      switch (state.end, end) {
      case (nil, _), (.finished, .failed): state.end = end
      case (.finished, .finished), (.failed, _): break
      }
      state.writer = nil
      return state.takeWaiters { _ in true }
    }
    for waiter in waiters { waiter.continuation.resume() }
    state.withLock { $0.takeWriter() }?.resume()
  }

  /// What there is beyond an offset. Throws the error that the stream ended with.
  func position(at offset: Int64) throws(SandlotError) -> Position {
    let (first, length, end) = state.withLock { ($0.first, $0.length, $0.end) }
    if case .failed(let error) = end { throw error }
    if offset < first { return .gone(first) }
    if length > offset { return .readable(length - offset) }
    return end == nil ? .nothing : .ended
  }

  /// Waits until the stream has reached a length, has ended, or the task is cancelled.
  func waitFor(length: Int64) async {
    let id = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // The flag is set before the handler runs: see `Promise`.
        let isOver = state.withLock { state in
          if state.end != nil || state.length >= length || Task.isCancelled { return true }
          state.waiters[id] = Waiter(length: length, continuation: continuation)
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
    }
  }
}

extension Spool.State {
  fileprivate mutating func takeWaiters(
    where isDue: (Spool.Waiter) -> Bool
  ) -> [Spool.Waiter] {
    guard !waiters.isEmpty else { return [] }
    let due = waiters.filter { isDue($0.value) }
    for id in due.keys { waiters.removeValue(forKey: id) }
    return Array(due.values)
  }
}
