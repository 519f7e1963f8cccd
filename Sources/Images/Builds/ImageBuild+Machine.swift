import Errors
import Machines

extension BuildContext {
  /// Runs `body` with a machine that is gone afterwards, however it ends.
  ///
  /// It waits for room where sandboxes have the memory, and says so. A sandbox waits for nothing, so
  /// whatever does cannot hold one up.
  func withMachine<Value: Sendable>(
    _ id: String, on layers: [String], hostname: String, saying say: (String) -> Void,
    _ body: (any Machine) async throws -> Value
  ) async throws -> Value {
    try self.layers.requireFreeSpace(limits.minimumFreeBytes)
    let request = MachineRequest(
      id: id, memoryMiB: limits.memoryMiB, virtualCPUs: limits.virtualCPUs,
      layers: self.layers.paths(layers), hostname: hostname, network: .outbound)
    let patience = limits.memoryPatience
    try await memory.reserve(limits.memoryMiB, for: id, waiting: patience, clock: clock) {
      say("Waiting for memory, \(patience.components.seconds) s at most. \($0.message)")
    }
    // After the machine is gone.
    defer { memory.release(id) }
    let machine = try await launcher.launch(request)
    do {
      let value = try await body(machine)
      await machine.stop()
      return value
    } catch {
      await machine.stop()
      throw error
    }
  }
}

extension ImageBuild {
  /// Runs `body` with the build's machine, which is gone afterwards.
  func withMachine<Value: Sendable>(
    on layers: [String], _ body: (any Machine) async throws -> Value
  ) async throws -> Value {
    try await context.withMachine(
      id, on: layers, hostname: "build", saying: { journal.append($0 + "\n") }, body)
  }

  /// Cancels `body` and fails when it takes longer than a build may.
  func withTimeLimit<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let limit = context.limits.timeLimit
    let clock = context.clock
    return try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await clock.sleep(for: limit)
        return nil
      }
      defer { group.cancelAll() }
      guard case .some(.some(let value)) = try await group.next() else {
        throw BuildFailure(
          message: "The build was stopped: it took longer than the limit of "
            + "\(limit.components.seconds) seconds.")
      }
      return value
    }
  }
}
