import Errors
import Glibc
import NIOPosix
import QMP
import SystemPackage

/// The root disk of a running machine: the chain of overlays that it has written.
actor RootDisk {
  /// How long the guest stays frozen at most, should nobody thaw it.
  private static let freezeLimit: Duration = .seconds(10)

  private let directory: MachineDirectory
  private let emptyOverlay: EmptyOverlay
  private let monitor: QMPClient
  private let handout: FileHandout
  private let agent: GuestConnection
  /// The number of the overlay that the guest writes to.
  private var current = 0
  /// What the device uses now.
  private var slot = Disk(node: QEMUCommandLine.placeholderNode)
  private var last: Task<FilePath, any Error>?
  /// Why there is no other snapshot: a layer below it would be missing.
  private var broken: SandlotError?

  /// The disk of a machine, which has none before `attach`.
  init(
    directory: MachineDirectory, emptyOverlay: EmptyOverlay, monitor: QMPClient,
    handout: FileHandout, agent: GuestConnection
  ) {
    self.handout = handout
    self.directory = directory
    self.emptyOverlay = emptyOverlay
    self.monitor = monitor
    self.agent = agent
  }

  /// Gives the machine's root device its disk: read-only layers, base first, and the overlay 0.
  func attach(_ layers: [FilePath]) async throws {
    try await plug(
      Disk(node: QEMUCommandLine.overlayNode(current), overlay: directory.overlay(current)), layers)
  }

  /// Gives the machine's root device a disk for a while: `base` under an overlay of its own.
  func attachForRehearsal(_ base: FilePath) async throws {
    try await plug(
      Disk(node: "rehearsal", overlay: directory.path.appending("rehearsal.qcow2")), [base])
  }

  /// A disk in the device's slot.
  private struct Disk {
    var node: String
    /// The file that the guest writes to; nil for the placeholder.
    var overlay: FilePath?
  }

  private func plug(_ disk: Disk, _ layers: [FilePath]) async throws {
    guard let overlay = disk.overlay else { return }
    try emptyOverlay.write(to: overlay, owner: directory.owner)
    let sets = try await handout.hand(layers)
    let node = BlockNode.overlay(disk.node, path: overlay, over: sets)
    try await monitor.execute(BlockdevAdd(node.options))
    try await monitor.execute(BlockdevReopen([QEMUCommandLine.rootNode(over: disk.node).options]))
    try await monitor.execute(BlockdevDel(nodeName: slot.node))
    if let former = slot.overlay { try HostFiles.removeFile(former) }
    slot = disk
  }

  /// Freezes the current overlay and goes on in a new one; calls are answered one after another.
  ///
  /// It is not stopped half-way by cancellation: the guest would stay frozen.
  func snapshot() async throws -> FilePath {
    let previous = last
    let task = Task {
      _ = try? await previous?.value
      return try await takeSnapshot()
    }
    last = task
    return try await task.value
  }

  private func takeSnapshot() async throws -> FilePath {
    if let broken { throw broken }
    let frozen = directory.overlay(current)
    let node = QEMUCommandLine.overlayNode(current + 1)
    try await addOverlay(node, at: directory.overlay(current + 1))
    do {
      let milliseconds = UInt32(Self.freezeLimit / .milliseconds(1))
      try await agent.perform(.freeze(limitMilliseconds: milliseconds))
    } catch {
      await removeOverlay(node, at: directory.overlay(current + 1))
      throw error
    }
    do {
      let below = QEMUCommandLine.overlayNode(current)
      try await monitor.execute(BlockdevSnapshot(node: below, overlay: node))
    } catch let error as SandlotError where error.code == .deadlineExceeded {
      // QEMU may do it yet, so the overlay must stay.
      await thaw()
      throw giveUp(error)
    } catch {
      await thaw()
      await removeOverlay(node, at: directory.overlay(current + 1))
      throw error
    }
    current += 1
    do {
      guard await thaw() else {
        throw SandlotError(
          .internal,
          "The guest's disk took longer than \(Self.freezeLimit) to freeze: what it was writing is "
            + "missing in the snapshot.")
      }
      return try await NIOThreadPool.singleton.runIfActive { try Self.seal(frozen) }
    } catch {
      throw giveUp(error)
    }
  }

  /// Refuses all further snapshots, and returns the error.
  private func giveUp(_ error: any Error) -> any Error {
    broken = SandlotError(
      .failedPrecondition, "The disk cannot be snapshot any more, since a snapshot failed: \(error)"
    )
    return error
  }

  private func addOverlay(_ node: String, at path: FilePath) async throws {
    try emptyOverlay.write(to: path, owner: directory.owner)
    do {
      let overlay = BlockNode.overlay(node, path: path)
      try await monitor.execute(BlockdevAdd(overlay.options))
    } catch {
      await removeOverlay(node, at: path)
      throw error
    }
  }

  private func removeOverlay(_ node: String, at path: FilePath) async {
    _ = try? await monitor.execute(BlockdevDel(nodeName: node))
    try? HostFiles.removeFile(path)
  }

  /// Thaws the guest; a lost one needs no thawing. Returns whether it was frozen until now, as far
  /// as is known: one that is slow thaws by its own limit.
  @discardableResult
  private func thaw() async -> Bool {
    do {
      try await agent.perform(.thaw)
    } catch let error as SandlotError {
      return error.code != .failedPrecondition
    } catch {}
    return true
  }

  /// Makes the file safe against a power cut, takes it away from the machine's user, and refuses
  /// it where it draws on other files.
  private static func seal(_ path: FilePath) throws -> FilePath {
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: [.noFollow, .closeOnExec])
      try file.closeAfter {
        guard fsync(file.rawValue) == 0, fchown(file.rawValue, geteuid(), getegid()) == 0,
          fchmod(file.rawValue, 0o400) == 0
        else { throw Errno(rawValue: errno) }
        try QCOW2Header.check(file, path)
      }
    } catch let cause as Errno {
      throw HostFiles.failure("write", path, cause)
    }
    return path
  }
}
