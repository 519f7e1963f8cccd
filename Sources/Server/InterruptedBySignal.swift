import UnixSignals

/// A person or a supervisor asked the server to end before it served.
public struct InterruptedBySignal: Error {
  /// What a shell shows for a process that this signal ended: 128 and its number.
  public let exitCode: Int32

  init(_ signal: UnixSignal) { exitCode = signal == .sigint ? 130 : 143 }

  /// Runs `work`, which is cancelled and may clean up when SIGTERM or SIGINT comes; throws an
  /// `InterruptedBySignal` then, after the clean-up.
  static func watching<Value: Sendable>(
    _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
      let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
      group.addTask { try await work() }
      group.addTask {
        for await signal in signals { throw InterruptedBySignal(signal) }
        return nil
      }
      defer { group.cancelAll() }
      while let result = try await group.next() {
        if let result { return result }
      }
      throw CancellationError()
    }
  }
}
