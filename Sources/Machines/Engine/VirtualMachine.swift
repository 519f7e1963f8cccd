import QMP

/// A virtual machine whose agent has answered: what every later phase works on.
struct VirtualMachine: Sendable {
  let place: MachinePlace
  let process: QEMUProcess
  let monitor: QMPClient
  let agent: GuestConnection

  /// Does something that fails as soon as QEMU has ended.
  func whileRunning<Value: Sendable>(
    _ body: @escaping @Sendable (VirtualMachine) async throws -> Value
  ) async throws -> Value {
    try await process.whileRunning { try await body(self) }
  }
}
