import Errors
import Machines
import Sandboxes
import Synchronization
import SystemPackage

/// Starts machines that are nothing but the test's will.
final class FakeLauncher: MachineLauncher {
  /// What was asked for, whether or not it started.
  let requests = Mailbox<MachineRequest>()
  /// What started.
  let machines = Mailbox<FakeMachine>()
  private let behaviour = Mutex(Behaviour())

  private struct Behaviour {
    var gate: Promise<Void>?
    var failure: SandlotError?
    var spawnFailure: SandlotError?
  }

  /// Launches wait for the gate from now on.
  func hold() -> Promise<Void> {
    let gate = Promise<Void>()
    behaviour.withLock { $0.gate = gate }
    return gate
  }

  /// Launches fail from now on.
  func fail(_ error: SandlotError?) { behaviour.withLock { $0.failure = error } }

  /// Machines refuse to spawn from now on.
  func refuseSpawns(_ error: SandlotError?) { behaviour.withLock { $0.spawnFailure = error } }

  fileprivate var spawnFailure: SandlotError? { behaviour.withLock { $0.spawnFailure } }

  func launch(_ request: MachineRequest) async throws -> any Machine {
    requests.put(request)
    try await behaviour.withLock { $0.gate }?.value()
    if let failure = behaviour.withLock({ $0.failure }) { throw failure }
    let machine = FakeMachine(id: request.id, launcher: self)
    machines.put(machine)
    return machine
  }
}

/// What a fake machine says it has used.
struct Use {
  var processorSeconds = 0.0
  var guestMemoryBytes: Int64?
  var hostMemoryBytes: Int64?
  /// How often the guest was asked for its memory.
  var memoryQuestions = 0
}

/// A machine whose processes are the test's.
final class FakeMachine: Machine {
  let id: String
  let launch = LaunchTrace(path: .restore, stages: [.init(name: "qemu", seconds: 0.25)])
  /// What it says it has used.
  let used = Mutex(Use())
  /// Where it accepts connections.
  let openPorts = Mutex<Set<Int>>([])
  /// What was spawned.
  let processes = Mailbox<FakeProcess>()
  /// Kept once it has ended.
  let ended = Promise<MachineEnd>()
  private let launcher: FakeLauncher
  private let all = Mutex<[FakeProcess]>([])
  /// How often its disk was frozen.
  let snapshots = Mutex(0)

  init(id: String, launcher: FakeLauncher) {
    self.id = id
    self.launcher = launcher
  }

  func spawn(_ command: MachineCommand) async throws -> any MachineProcess {
    if let failure = launcher.spawnFailure { throw failure }
    guard ended.current == nil else { throw SandlotError(.notFound, "The machine has ended.") }
    let process = FakeProcess(command)
    all.withLock { $0.append(process) }
    processes.put(process)
    return process
  }

  func snapshotDisk() async throws -> FilePath {
    guard ended.current == nil else { throw SandlotError(.notFound, "The machine has ended.") }
    return snapshots.withLock { count in
      count += 1
      return FilePath("/machines/\(id)/overlay-\(count)")
    }
  }

  /// Ends by itself.
  func end(_ end: MachineEnd) {
    ended.fulfil(end)
    for process in all.withLock({ $0 }) { process.die() }
  }

  func mountFiles(_ disk: FilesDisk?) async throws {}

  func stop() async { end(.stopped) }

  var processorSeconds: Double { used.withLock { $0.processorSeconds } }

  var hostMemoryBytes: Int64? { used.withLock { $0.hostMemoryBytes } }

  func guestMemoryBytes() async -> Int64? {
    used.withLock { used in
      used.memoryQuestions += 1
      return used.guestMemoryBytes
    }
  }

  func acceptsConnections(port: Int) async throws -> Bool {
    openPorts.withLock { $0.contains(port) }
  }

  func waitUntilStopped() async -> MachineEnd {
    // Waits whether or not it is cancelled, as the contract has it.
    await Task { (try? await ended.value()) ?? .stopped }.value
  }
}
