import Errors
import Glibc
import Synchronization

/// How many machines boot at once, and so how long each may take.
final class BootLoad: Sendable {
  private let booting = Mutex(0)
  private let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  private let clock: any Clock<Duration>

  init(clock: any Clock<Duration>) { self.clock = clock }

  /// Waits for a boot, which may take `limit` on a host that does nothing else.
  ///
  /// Where more machines boot than the host has processors, their time runs slower in proportion.
  func wait<Value: Sendable>(
    limit: Duration, late: @escaping @Sendable () -> SandlotError,
    _ boot: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    booting.withLock { $0 += 1 }
    defer { booting.withLock { $0 -= 1 } }
    return try await withThrowingTaskGroup(of: Value.self) { group in
      group.addTask(operation: boot)
      group.addTask {
        try await self.spend(limit)
        throw late()
      }
      defer { group.cancelAll() }
      guard let first = try await group.next() else { throw CancellationError() }
      return first
    }
  }

  private func spend(_ limit: Duration) async throws {
    let step = limit / 50
    var rest = limit
    while rest > .zero {
      try await clock.sleep(for: step)
      let booting = booting.withLock { $0 }
      rest -= step / max(1, Double(booting) / Double(processors))
    }
  }
}
