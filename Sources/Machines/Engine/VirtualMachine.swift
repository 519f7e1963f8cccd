import QMP

/// A virtual machine whose agent has answered, or will as soon as it runs: what every later phase
/// works on.
struct VirtualMachine: Sendable {
  let place: MachinePlace
  let process: QEMUProcess
  let monitor: QMPClient
  let agent: GuestConnection
  let disk: RootDisk
  let files: FilesSlot
  /// Hands files to QEMU.
  let descriptors: DescriptorMonitor
  /// The descriptor, in the process, of the state to restore; nil for a machine that boots.
  let stateDescriptor: Int32?

  init(
    place: MachinePlace, process: QEMUProcess, monitor: QMPClient, agent: GuestConnection,
    stateDescriptor: Int32?, emptyOverlay: EmptyOverlay
  ) {
    self.place = place
    self.process = process
    self.monitor = monitor
    self.agent = agent
    self.stateDescriptor = stateDescriptor
    descriptors = DescriptorMonitor(path: place.directory.descriptorSocket.string)
    let handout = FileHandout(descriptors: descriptors, monitor: monitor)
    disk = RootDisk(
      directory: place.directory, emptyOverlay: emptyOverlay, monitor: monitor,
      handout: handout, agent: agent)
    files = FilesSlot(monitor: monitor, handout: handout, agent: agent)
  }

  /// Does something that fails as soon as QEMU has ended.
  func whileRunning<Value: Sendable>(
    _ body: @escaping @Sendable (VirtualMachine) async throws -> Value
  ) async throws -> Value {
    try await process.whileRunning { try await body(self) }
  }
}
