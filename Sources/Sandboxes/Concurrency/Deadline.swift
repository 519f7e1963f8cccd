/// What an operation returns, or nil where the time is up first; the loser is cancelled.
///
/// Throws what the operation throws, and `CancellationError` where the task is cancelled.
package func withDeadline<Value: Sendable>(
  _ timeout: Duration, on clock: any Clock<Duration>,
  _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value? {
  try await withThrowingTaskGroup(of: Value?.self) { group in
    group.addTask { try await operation() }
    group.addTask {
      try await clock.sleep(for: timeout)
      return nil
    }
    defer { group.cancelAll() }
    return try await group.next() ?? nil
  }
}
