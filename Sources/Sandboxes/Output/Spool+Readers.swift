import Errors

/// What holds a process back that writes faster than anybody reads.
extension Spool {
  /// One reading, which the spool knows of for as long as the object lives.
  final class Reading: Sendable {
    private let spool: Spool
    private let id: UInt64

    /// A reading that begins at an offset.
    init(of spool: Spool, at offset: Int64) {
      self.spool = spool
      id = spool.beginReading(at: offset)
    }

    deinit { spool.setReading(id, to: nil) }

    /// Everything before an offset was handed out.
    func advance(to offset: Int64) { spool.setReading(id, to: offset) }
  }

  private func beginReading(at offset: Int64) -> UInt64 {
    state.withLock { state in
      state.nextReading += 1
      state.readings[state.nextReading] = offset
      return state.nextReading
    }
  }

  private func setReading(_ id: UInt64, to offset: Int64?) {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      state.readings[id] = offset
      return isTooFarAhead(state) ? nil : state.takeWriter()
    }
    waiter?.resume()
  }

  /// Waits while all readers are so far behind that the writer must stop; without a reader nobody
  /// waits. Returns too where the stream has ended, or the task is cancelled.
  func waitForReaders() async {
    guard options.readAhead != nil else { return }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mayGoOn = state.withLock { state in
          // The flag is set before the handler runs: see `Promise`.
          if state.end != nil || Task.isCancelled || !isTooFarAhead(state) { return true }
          state.writerWaiter = continuation
          return false
        }
        if mayGoOn { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.takeWriter() }?.resume()
    }
  }

  private func isTooFarAhead(_ state: State) -> Bool {
    guard let readAhead = options.readAhead, let furthest = state.readings.values.max() else {
      return false
    }
    return furthest < state.length - readAhead
  }
}

extension Spool.State {
  /// The writer, where it waits.
  mutating func takeWriter() -> CheckedContinuation<Void, Never>? {
    defer { writerWaiter = nil }
    return writerWaiter
  }
}
