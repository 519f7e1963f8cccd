/// Logs: what entrypoints wrote, and what became of their sandboxes.
extension Sandboxes {
  /// The logs of all sandboxes, running and finished.
  public nonisolated var logs: Logs { context.logs }

  /// Entries as they are written, for so long at most, from the time of the query on.
  ///
  /// - Parameter isStopped: Whether no sandbox will be added to the scope: it is over then, once those
  ///   that run have ended.
  public nonisolated func followLogs(
    _ scope: LogScope, _ query: LogQuery, for duration: Duration,
    isStopped: @escaping @Sendable () async throws -> Bool = { true }
  ) -> LogFollower {
    LogFollower(
      logs: context.logs, scope: scope, query: query, duration: duration, clock: context.clock
    ) {
      guard try await isStopped() else { return false }
      return await !self.isAnyRunning(in: scope)
    }
  }

  /// Settles the logs of those that run, twice a second, and removes old ones once a minute; ends with
  /// its task.
  public nonisolated func keepLogs() async {
    var round = 0
    while !Task.isCancelled {
      context.logs.settle()
      if round % 120 == 0 { await context.logs.removeOld() }
      round += 1
      // Cancellation is how this ends; it is no error.
      guard (try? await context.clock.sleep(for: .milliseconds(500))) != nil else { return }
    }
  }

  private func isAnyRunning(in scope: LogScope) -> Bool {
    running.contains { scope.includes($0.key, appID: $0.value.specification.appID) }
  }
}
