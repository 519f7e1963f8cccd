import Errors
import Glibc
import GuestProtocol
import NIOCore
import NIOPosix
import QMP
import SystemPackage

/// Where a machine begins.
enum MachineStart: Sendable {
  /// At its kernel's first instruction.
  case kernel
  /// There too, with its memory in a file.
  case kernelInto(_ memory: FilePath)
  /// Where the machine of a template was saved.
  case template(Template)
}

extension MachineHost {
  static let rootDevice = "/dev/vda"
  static let modulesDevice = "/dev/vdb"
  static let filesDevice = "/dev/vdc"

  /// Starts QEMU in a place that was made for it, which is gone where that fails. A machine that
  /// boots runs when it returns, and its agent has answered; one that is restored is paused. The
  /// guest has no identity and no root yet.
  func startMachine(
    in place: MachinePlace, _ profile: MachineProfile, from start: MachineStart,
    hasDisks: Bool = true
  ) async throws -> VirtualMachine {
    do {
      let started = try await startProcess(in: place, profile, start, hasDisks: hasDisks)
      let (monitor, agent) = try await started.process.whileRunning {
        try await self.connect(place, started.process)
      }
      let machine = VirtualMachine(
        place: place, process: started.process, monitor: monitor, agent: agent,
        stateDescriptor: started.state, emptyOverlay: emptyOverlay)
      switch start {
      case .kernel, .kernelInto: try await boot(machine)
      case .template: try await restore(machine)
      }
      return machine
    } catch {
      throw await place.abandon(because: error)
    }
  }

  /// Starts QEMU, stopped before the guest's first instruction.
  private func startProcess(
    in place: MachinePlace, _ profile: MachineProfile, _ start: MachineStart, hasDisks: Bool
  ) async throws -> (process: QEMUProcess, state: Int32?) {
    var files = InheritedFiles()
    defer { files.closeAll() }
    let plan = try QEMUPlan(
      place: place, profile: profile, start: start, hasDisks: hasDisks, host: self, files: &files)
    let process = try await QEMUProcess.start(
      place.confinement?.wrap(plan.command) ?? plan.command, inheriting: files.descriptors,
      log: place.processLog, group: group)
    place.cleanup.add { _ in
      process.kill()
      _ = await process.waitUntilExit()
    }
    try ProcessRecord(pid: process.pid).write(to: place.directory.pidFile)
    // QEMU shall go before the server when memory runs out. Both are best efforts.
    try? HostFiles.write("300", to: FilePath("/proc/\(process.pid)/oom_score_adj"))
    if let cgroup = place.cgroup, !cgroup.add(process.pid) { warnOfMissingCgroups() }
    return (process, plan.state)
  }

  /// Connects all sockets, so that nothing the guest says is lost.
  private func connect(
    _ place: MachinePlace, _ process: QEMUProcess
  ) async throws -> (QMPClient, GuestConnection) {
    let directory = place.directory
    let log = LogHandler.initializer(place.console)
    let console = try await ClientBootstrap(group: group)
      .channelInitializer(log)
      .connect(unixDomainSocketPath: directory.consoleSocket.string).get()
    place.cleanup.add { _ in
      process.kill()
      // What QEMU had passed on is read to its end, for the log.
      try? await console.closeFuture.get()
    }
    let agent = try await GuestConnection.open(
      path: directory.agentSocket, machine: place.id, clock: configuration.clock, group: group)
    place.cleanup.add { _ in agent.close() }
    let monitor = try await QMPClient.connect(
      path: directory.monitorSocket.string, eventLoopGroup: group, timeout: .seconds(30),
      logger: configuration.logger)
    place.cleanup.add { _ in await monitor.close() }
    return (monitor, agent)
  }

  /// Lets the guest run and waits for its agent.
  private func boot(_ machine: VirtualMachine) async throws {
    try await awaitAgent("its agent did not answer") {
      try await machine.whileRunning {
        try await $0.monitor.execute(Cont())
        _ = try await $0.agent.greet()
      }
    }
  }

  /// Loads the state of the template, whose file the process has inherited.
  private func restore(_ machine: VirtualMachine) async throws {
    guard let state = machine.stateDescriptor else {
      throw SandlotError(.internal, "\(machine.place.id) was started without a state to restore.")
    }
    try await awaitAgent("its template was not restored") {
      try await machine.whileRunning { machine in
        let monitor = machine.monitor
        try await monitor.execute(MigrateSetCapabilities(on: Self.templateCapabilities))
        try await monitor.execute(MigrateIncoming(uri: "fd:\(state)"))
        while try await monitor.execute(QueryStatus()).status == "inmigrate" {
          try await Task.sleep(for: .milliseconds(1))
        }
      }
    }
  }

  /// Waits for what may take as long as a boot.
  func awaitAgent(
    _ failure: String, _ body: @escaping @Sendable () async throws -> Void
  ) async throws {
    let limit = configuration.bootLimit ?? configuration.engine.bootLimit
    let engine = configuration.engine
    let late: @Sendable () -> SandlotError = {
      SandlotError(
        .internal, "\(failure) within \(limit) (engine \(engine.rawValue)).",
        hint: "Run: sandlot doctor")
    }
    try await load.wait(limit: limit, late: late, body)
  }
}

extension LogHandler {
  /// Adds a handler that writes to `log` to a new channel.
  static func initializer(
    _ log: BoundedLog
  ) -> @Sendable (any Channel) -> EventLoopFuture<Void> {
    { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(LogHandler(log: log))
      }
    }
  }
}
