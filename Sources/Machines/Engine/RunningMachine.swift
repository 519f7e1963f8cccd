import Errors
import QMP
import Synchronization
import SystemPackage

/// A machine that runs processes.
final class RunningMachine: Machine {
  let id: String
  let launch: LaunchTrace

  private let machine: VirtualMachine
  /// What its start has cost, which is not its own use.
  private let startSeconds: Double
  private let isStopping = Mutex(false)
  private let end = Latch<MachineEnd>()

  /// Takes over a machine whose root is mounted, and watches it until it has ended.
  init(_ machine: VirtualMachine, id: String, launch: LaunchTrace) {
    self.id = id
    self.launch = launch
    self.machine = machine
    startSeconds = machine.process.processorSeconds
    let process = machine.process
    let agent = machine.agent
    // Both tasks end with the machine, which outlives whoever asked for it.
    Task {
      // Without its agent a machine is of no use, and one that talks nonsense may be hostile; but
      // a QEMU that ends by itself closes its sockets first, and shall say how it ended.
      let reason = await agent.lost.wait()
      if reason == nil { _ = await process.exit(within: .seconds(5)) }
      process.kill()
    }
    Task { await watch() }
  }

  func spawn(_ command: MachineCommand) async throws -> any MachineProcess {
    try await machine.agent.spawn(command)
  }

  func snapshotDisk() async throws -> FilePath {
    guard end.current == nil else { throw machine.agent.ended }
    do {
      return try await machine.disk.snapshot()
    } catch {
      throw end.current == nil ? error : machine.agent.ended
    }
  }

  func mountFiles(_ disk: FilesDisk?) async throws {
    do {
      try await machine.whileRunning { try await $0.files.mount(disk) }
    } catch {
      throw end.current == nil ? error : machine.agent.ended
    }
  }

  func stop() async {
    isStopping.withLock { $0 = true }
    machine.process.kill()
    _ = await end.wait()
  }

  func waitUntilStopped() async -> MachineEnd { await end.wait() }

  var processorSeconds: Double { max(0, machine.process.processorSeconds - startSeconds) }

  var hostMemoryBytes: Int64? { machine.process.privateMemory }

  func guestMemoryBytes() async -> Int64? { await machine.agent.memoryInUse() }

  func acceptsConnections(port: Int) async throws -> Bool {
    try await machine.agent.acceptsConnections(port: UInt16(clamping: port))
  }

  private func watch() async {
    async let exited = machine.process.waitUntilExit()
    var shutdown: String?
    var diskWasFull = false
    for await event in machine.monitor.events {
      switch event.name {
      case "SHUTDOWN" where event.data["guest"] == .bool(true):
        if case .string(let reason)? = event.data["reason"] { shutdown = reason }
      case "BLOCK_IO_ERROR" where event.data["nospace"] == .bool(true):
        diskWasFull = true
      case "STOP" where diskWasFull:
        diskWasFull = false
        // Beside this loop: the events that follow, the end among them, must not wait for it.
        Task { await resumeAfterFullDisk() }
      case "VSERPORT_CHANGE" where event.data["open"] == .bool(false):
        Task { await endWithoutAgent() }
      default: break
      }
    }
    let exit = await exited
    machine.agent.close()
    let result = judge(exit, shutdown: shutdown)
    var hasFailed = false
    if case .failed = result { hasFailed = true }
    await machine.place.cleanup.run(hasFailed: hasFailed)
    end.set(result)
  }

  /// QEMU stops a machine whose write the host's disk has no room for, and repeats the write when
  /// the machine goes on: nothing is lost, and where there is still no room it stops again.
  private func resumeAfterFullDisk() async {
    guard (try? await Task.sleep(for: .seconds(2))) != nil else { return }
    // A machine that ends meanwhile answers with an error; then there is nothing to resume.
    _ = try? await machine.monitor.execute(Cont())
  }

  /// The agent's port is closed when it dies, or the kernel halts. An init system that shuts the machine down kills it as
  /// all other processes, and the machine's own end follows; else somebody inside has killed it.
  private func endWithoutAgent() async {
    guard (try? await Task.sleep(for: .seconds(15))) != nil else { return }
    machine.agent.lose(
      reason:
        "the guest was halted without being powered off, or a process inside killed the agent, "
        + "which every sandbox needs")
  }

  private func judge(_ exit: QEMUExit, shutdown: String?) -> MachineEnd {
    if isStopping.withLock({ $0 }) { return .stopped }
    if case .some(.some(let reason)) = machine.agent.lost.current {
      return .failed("\(id) was ended: \(reason).")
    }
    guard exit == .code(0), shutdown != nil else {
      return .failed(machine.process.failure(exit).message)
    }
    // A panic reboots at once (`panic=-1`), which looks like a reboot that somebody wanted.
    let panic = machine.place.panic?.first
    if let panic { return .failed("The guest's kernel gave up: \(panic)") }
    return shutdown == "guest-reset" ? .guestRestarted : .guestShutDown
  }
}
