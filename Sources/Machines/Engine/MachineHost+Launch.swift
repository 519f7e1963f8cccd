import Errors
import GuestProtocol
import QMP
import SystemPackage

extension MachineHost {
  public func launch(_ request: MachineRequest) async throws -> any Machine {
    try request.check()
    let profile = MachineProfile(request)
    if let spare = await pool.current?.take(profile) {
      do {
        return try await finish(spare, request, Stopwatch(.warmPool))
      } catch {
        // A spare may have been damaged while it waited; what is wrong with the request shows again.
        guard !Task.isCancelled else { throw error }
        configuration.logger.warning("a spare machine was of no use: \(error)")
      }
    }
    if let template = try await templates?.template(for: profile) {
      if let machine = try await launch(request, from: template) { return machine }
    } else {
      await workshop.current?.order(profile)
    }
    let stopwatch = Stopwatch(.coldBoot)
    let place = try await makePlace(for: profile, named: request.id, share: request.processorShare)
    let machine = try await startMachine(in: place, profile, from: .kernel)
    stopwatch.lap("boot")
    return try await finish(machine, request, stopwatch)
  }

  /// Restores a template for a request; nil where the template turns out to be of no use, and is
  /// gone then.
  private func launch(
    _ request: MachineRequest, from template: Template
  ) async throws -> (any Machine)? {
    let stopwatch = Stopwatch(.restore)
    let profile = template.description.profile
    let place = try await makePlace(for: profile, named: request.id, share: request.processorShare)
    let machine: VirtualMachine
    do {
      machine = try await startMachine(in: place, profile, from: .template(template))
    } catch let error as SandlotError where error.code == .internal && !Task.isCancelled {
      configuration.logger.warning("a template is removed and will be made anew: \(error)")
      await templates?.discard(template)
      await workshop.current?.order(profile)
      return nil
    }
    stopwatch.lap("restore")
    return try await finish(machine, request, stopwatch)
  }

  /// Makes a machine, which may be paused, the one that was asked for.
  private func finish(
    _ machine: VirtualMachine, _ request: MachineRequest, _ stopwatch: Stopwatch
  ) async throws -> any Machine {
    do {
      if machine.place.id != request.id {
        try machine.place.hand(to: request.id)
        machine.agent.rename(to: request.id)
        _ = machine.place.cgroup?.setWeight(request.processorShare.guaranteed)
      }
      try await machine.whileRunning { try await $0.disk.attach(request.layers) }
      stopwatch.lap("root disk")
      try await machine.whileRunning { try await self.run($0) }
      stopwatch.lap("resume")
      try await machine.whileRunning { machine in
        let identity = try await self.identity(of: machine, hostname: request.hostname)
        try await machine.agent.perform(.configure(identity))
      }
      stopwatch.lap("identity")
      try await mountRoot(of: machine)
      try hold(machine, to: request.processorShare)
      stopwatch.lap("mount root")
      if let files = request.files {
        try await machine.whileRunning { try await $0.files.mount(files) }
        stopwatch.lap("mount files")
        if request.deliversFiles {
          try await machine.whileRunning { try await $0.agent.perform(.deliverFiles) }
          stopwatch.lap("deliver files")
        }
      }
    } catch {
      throw await machine.place.abandon(because: error, owner: request.id)
    }
    let launch = stopwatch.trace
    configuration.logger.debug(
      "machine launched",
      metadata: [
        "machine": "\(request.id)", "path": "\(launch.path.rawValue)",
        "milliseconds": "\(launch.stages.map { "\($0.name) \(Int($0.seconds * 1000))" })",
      ])
    return RunningMachine(machine, id: request.id, launch: launch)
  }

  /// Lets a machine that may be paused go on, and waits for its agent.
  func run(_ machine: VirtualMachine) async throws {
    try await machine.monitor.execute(Cont())
    guard machine.agent.greeting.current == nil else { return }
    let limit = GuestConnection.ordinaryLimit
    let late: @Sendable () -> SandlotError = {
      SandlotError(.internal, "its agent, restored, did not answer within \(limit).")
    }
    try await withTimeLimit(limit, clock: configuration.clock, late: late) {
      _ = try await machine.agent.greet()
    }
  }

  /// An identity that no other machine has, for one that runs.
  func identity(of machine: VirtualMachine, hostname: String) async throws -> Identity {
    var random = SystemRandomNumberGenerator()
    func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in random.next() } }
    return Identity(
      hostname: hostname, machineID: HostFiles.hexadecimal(bytes(16)),
      clock: try await machine.agent.observeClock(configuration.wallClock), entropy: bytes(64),
      network: machine.place.network.map(GuestNetwork.init))
  }

  /// Has the guest mount its disks and move into its root.
  private func mountRoot(of machine: VirtualMachine) async throws {
    let root = RootFilesystem(
      device: Self.rootDevice, modulesDevice: Self.modulesDevice,
      certificates: configuration.guestCertificates)
    try await machine.whileRunning { try await $0.agent.perform(.mountRoot(root)) }
  }
}

extension GuestNetwork {
  /// The guest's end of an attachment; 1500 bytes are what every path outside takes.
  init(_ attachment: NetworkAttachment) {
    self.init(
      macAddress: attachment.macAddress.description, address: attachment.guestAddress.description,
      prefixLength: UInt8(clamping: attachment.prefixLength),
      gateway: attachment.gateway.description,
      nameServers: attachment.dnsServers.map(\.description), mtu: 1500)
  }
}
