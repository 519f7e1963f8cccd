import Errors
import Machines

extension ImageBuild {
  /// Runs `body` with a machine that is gone afterwards, however it ends.
  func withMachine<Value: Sendable>(
    on layers: [String], _ body: (any Machine) async throws -> Value
  ) async throws -> Value {
    try context.layers.requireFreeSpace(context.limits.minimumFreeBytes)
    let request = MachineRequest(
      id: id, memoryMiB: context.limits.memoryMiB, virtualCPUs: context.limits.virtualCPUs,
      layers: context.layers.paths(layers), hostname: "build", network: .outbound)
    try await reserveMemory()
    // After the machine is gone.
    defer { context.memory.release(id) }
    let machine = try await context.launcher.launch(request)
    do {
      let value = try await body(machine)
      await machine.stop()
      return value
    } catch {
      await machine.stop()
      throw error
    }
  }

  /// Waits for room where sandboxes have the memory, and says so in the log. A sandbox waits for
  /// nothing, so a build that does cannot hold one up; its patience is part of its time limit.
  private func reserveMemory() async throws {
    let patience = context.limits.memoryPatience
    try await context.memory.reserve(
      context.limits.memoryMiB, for: id, waiting: patience, clock: context.clock
    ) { shortage in
      journal.append(
        "Waiting for memory, \(patience.components.seconds) s at most. \(shortage.message)\n")
    }
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
