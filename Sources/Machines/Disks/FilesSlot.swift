import Errors
import QMP

/// The disk of files of a running machine: one at a time, and none at first.
actor FilesSlot {
  private let monitor: QMPClient
  private let handout: FileHandout
  private let agent: GuestConnection
  /// The node that the device uses below its filter, and the descriptor sets that it reads.
  private var content = (node: QEMUCommandLine.filesPlaceholderNode, sets: [Int]())
  private var isMounted = false
  private var nextNode = 0
  private var last: Task<Void, any Error>?

  init(monitor: QMPClient, handout: FileHandout, agent: GuestConnection) {
    self.monitor = monitor
    self.handout = handout
    self.agent = agent
  }

  /// Unmounts the disk that is there and mounts another, or none; calls are answered one after
  /// another.
  ///
  /// It is not stopped half-way by cancellation: what the guest has mounted must be what is known
  /// here.
  func mount(_ disk: FilesDisk?) async throws {
    let previous = last
    let task = Task {
      _ = try? await previous?.value
      try await exchange(for: disk)
    }
    last = task
    try await task.value
  }

  private func exchange(for disk: FilesDisk?) async throws {
    if isMounted {
      try await agent.perform(.unmountFiles)
      isMounted = false
    }
    guard let disk else { return }
    try await plug(disk)
    try await agent.perform(
      .mountFiles(device: MachineHost.filesDevice, filesystem: disk.filesystem))
    isMounted = true
  }

  private func plug(_ disk: FilesDisk) async throws {
    let sets = try await handout.hand(disk.files)
    nextNode += 1
    let name = "files\(nextNode)"
    let node: BlockNode =
      switch disk {
      case .archive: .readOnlyImage(name, set: sets[0])
      case .layers: .readOnlyChain(name, over: sets)
      }
    do {
      try await monitor.execute(BlockdevAdd(node.options))
      try await monitor.execute(BlockdevReopen([QEMUCommandLine.filesNode(over: name).options]))
    } catch {
      _ = try? await monitor.execute(BlockdevDel(nodeName: name))
      await handout.takeBack(sets)
      throw error
    }
    let former = content
    content = (name, sets)
    try await monitor.execute(BlockdevDel(nodeName: former.node))
    await handout.takeBack(former.sets)
  }
}
