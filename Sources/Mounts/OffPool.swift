import NIOPosix

/// Runs work that waits for the disk on a thread that may wait, so that no thread on which tasks run is
/// held up.
func offPool<Value: Sendable>(
  _ work: @escaping @Sendable () throws -> Value
) async throws -> Value {
  try await NIOThreadPool.singleton.runIfActive(work)
}
