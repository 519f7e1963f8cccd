import Errors

/// Runs an operation that is cancelled, and answered with an error, when it takes too long.
///
/// Returns only when the operation has ended, so an operation must heed cancellation.
func withTimeLimit<Value: Sendable>(
  _ limit: Duration, clock: any Clock<Duration>, late: @escaping @Sendable () -> SandlotError,
  _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  try await withThrowingTaskGroup(of: Value.self) { group in
    group.addTask(operation: operation)
    group.addTask {
      try await clock.sleep(for: limit)
      throw late()
    }
    defer { group.cancelAll() }
    guard let first = try await group.next() else { throw CancellationError() }
    return first
  }
}
