import Errors

extension MemoryLedger {
  /// Promises memory to a holder as soon as there is room, within `limit`.
  ///
  /// Nothing is held while waiting, so those who wait cannot lock each other out; who gets what
  /// becomes free is left to chance, and a sandbox that fits into it does not queue behind them.
  ///
  /// - Parameter onWait: Told once, with the refusal, when there is no room at first.
  /// - Throws: `SandlotError.resourceExhausted` where there was no room within the limit, at once
  ///   where there never can be; `alreadyExists` as `reserve(_:for:)`; `CancellationError`. Nothing
  ///   is promised then.
  public func reserve(
    _ mebibytes: Int, for holder: String, waiting limit: Duration, clock: any Clock<Duration>,
    onWait: (SandlotError) -> Void
  ) async throws {
    // Before the first try, so that nothing given back in between is missed.
    let (number, releases) = addWaiter()
    defer { removeWaiter(number) }
    do {
      return try reserve(mebibytes, for: holder)
    } catch {
      guard error.code == .resourceExhausted, mebibytes <= budgetMiB else { throw error }
      onWait(error)
    }
    let isReserved = await withTaskGroup(of: Bool.self) { group in
      group.addTask { await self.reserve(mebibytes, for: holder, after: releases) }
      group.addTask {
        try? await clock.sleep(for: limit)
        return false
      }
      // Both are heard: the first may have been lucky when the second's time was up.
      let first = await group.next()
      group.cancelAll()
      let second = await group.next()
      return first == true || second == true
    }
    if isReserved { return }
    try Task.checkCancellation()
    // The last try, whose error tells what is lacking now.
    try reserve(mebibytes, for: holder)
  }

  /// Tries after each release; false where the task was cancelled before there was room.
  private func reserve(
    _ mebibytes: Int, for holder: String, after releases: AsyncStream<Void>
  ) async -> Bool {
    for await _ in releases where (try? reserve(mebibytes, for: holder)) != nil { return true }
    return false
  }

  private func addWaiter() -> (number: UInt64, releases: AsyncStream<Void>) {
    let (stream, continuation) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let number = state.withLock { state in
      state.nextWaiter += 1
      state.waiters[state.nextWaiter] = continuation
      return state.nextWaiter
    }
    return (number, stream)
  }

  private func removeWaiter(_ number: UInt64) {
    state.withLock { $0.waiters.removeValue(forKey: number) }?.finish()
  }
}
