import Errors
import Glibc
import GuestProtocol
import NIOCore
import NIOPosix
import QMP
import SystemPackage

extension MachineHost {
  /// Starts QEMU and waits for the agent; the guest has no identity and no root yet.
  func startMachine(_ request: MachineRequest) async throws -> VirtualMachine {
    let place = try await makePlace(request)
    do {
      let process = try await startProcess(in: place, request)
      let (monitor, agent) = try await process.whileRunning {
        try await self.connect(place, process)
      }
      let machine = VirtualMachine(
        place: place, process: process, monitor: monitor, agent: agent)
      try await boot(machine)
      return machine
    } catch {
      throw await place.abandon(because: error)
    }
  }

  /// Starts QEMU, stopped before the guest's first instruction.
  private func startProcess(
    in place: MachinePlace, _ request: MachineRequest
  ) async throws -> QEMUProcess {
    var opened: [SystemPackage.FileDescriptor] = []
    defer { opened.forEach { try? $0.close() } }
    var inherited = InheritedDescriptors()
    let line = try commandLine(place, request, &inherited, &opened)
    let qemu = [binary.path.string] + line.arguments
    let process = try await QEMUProcess.start(
      place.confinement?.wrap(qemu) ?? qemu, inheriting: inherited.descriptors,
      log: place.processLog, group: group)
    place.cleanup.add { _ in
      process.kill()
      _ = await process.waitUntilExit()
    }
    try ProcessRecord(pid: process.pid).write(to: place.directory.pidFile)
    // QEMU shall go before the server when memory runs out. Both are best efforts.
    try? HostFiles.write("300", to: FilePath("/proc/\(process.pid)/oom_score_adj"))
    if let cgroup = place.cgroup, !cgroup.add(process.pid) { warnOfMissingCgroups() }
    return process
  }

  private func commandLine(
    _ place: MachinePlace, _ request: MachineRequest, _ inherited: inout InheritedDescriptors,
    _ opened: inout [SystemPackage.FileDescriptor]
  ) throws -> QEMUCommandLine {
    func file(_ path: FilePath) throws -> Int32 {
      do {
        let descriptor = try SystemPackage.FileDescriptor.open(
          path, .readOnly, options: .closeOnExec)
        opened.append(descriptor)
        return inherited.add(descriptor)
      } catch let cause as Errno {
        throw HostFiles.failure("read", path, cause)
      }
    }
    func socket(_ path: FilePath) throws -> Int32 {
      let descriptor = try UnixListener.listen(at: path)
      opened.append(descriptor)
      return inherited.add(descriptor)
    }
    let guest = configuration.guest
    let directory = place.directory
    let engine = configuration.engine
    return QEMUCommandLine(
      name: place.id, machineType: binary.machineType, engine: engine,
      memoryMiB: request.memoryMiB, virtualCPUs: request.virtualCPUs,
      kernel: try file(guest.kernel), initramfs: try file(guest.initramfs),
      kernelWords: KernelCommandLine.words(
        engine: engine, extra: configuration.extraKernelWords),
      disks: try request.layers.isEmpty
        ? nil
        : makeDisks(
          layers: request.layers.map(file), modules: file(guest.modulesDisk), in: directory),
      monitorSocket: try socket(directory.monitorSocket),
      agentSocket: try socket(directory.agentSocket),
      consoleSocket: try socket(directory.consoleSocket),
      tap: place.network.map { network in
        QEMUCommandLine.Tap(
          descriptor: inherited.add(network.tapDescriptor),
          macAddress: network.macAddress.description)
      })
  }

  private func makeDisks(
    layers: [Int32], modules: Int32, in directory: MachineDirectory
  ) throws -> QEMUCommandLine.Disks {
    let overlay = directory.overlay(0)
    try emptyOverlay.write(to: overlay, owner: directory.owner)
    return QEMUCommandLine.Disks(layers: layers, overlay: overlay, modules: modules)
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
    let limit = configuration.bootLimit ?? configuration.engine.bootLimit
    let engine = configuration.engine
    let late: @Sendable () -> SandlotError = {
      SandlotError(
        .internal, "its agent did not answer within \(limit) (engine \(engine.rawValue)).",
        hint: "Run: sandlot doctor")
    }
    try await load.wait(limit: limit, late: late) {
      try await machine.whileRunning {
        try await $0.monitor.execute(Cont())
        _ = try await $0.agent.greet()
      }
    }
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
