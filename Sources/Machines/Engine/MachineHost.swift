import Errors
import GuestProtocol
import Logging
import NIOCore
import NIOPosix
import Synchronization
import SystemPackage

/// Starts machines on this host: one QEMU process each.
public final class MachineHost: MachineLauncher {
  let configuration: Configuration
  let binary: QEMUBinary
  let emptyOverlay: EmptyOverlay
  let users: UserPool
  let load: BootLoad
  let group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  private let hasWarnedOfCgroups = Mutex(false)

  private init(configuration: Configuration, binary: QEMUBinary, emptyOverlay: EmptyOverlay) {
    self.configuration = configuration
    self.binary = binary
    self.emptyOverlay = emptyOverlay
    users = UserPool(base: configuration.userBase)
    load = BootLoad(clock: configuration.clock)
  }

  /// Opens the host for machines.
  ///
  /// Throws `SandlotError.failedPrecondition` where something is missing: QEMU, a kernel that is
  /// one, a directory that machines can be in. Call `removeLeftovers()` before the first launch.
  public static func open(_ configuration: Configuration) async throws -> MachineHost {
    let binary = try await QEMUBinary.find(configuration.qemu)
    try configuration.checkGuestFiles()
    try configuration.prepareRuntimeDirectory()
    return MachineHost(
      configuration: configuration, binary: binary,
      emptyOverlay: try await EmptyOverlay.prepare(in: configuration.runtimeDirectory))
  }

  /// QEMU's version, for people.
  public var qemuVersion: String { binary.version }

  public func launch(_ request: MachineRequest) async throws -> any Machine {
    try request.check()
    let stopwatch = Stopwatch(.coldBoot)
    let machine = try await startMachine(request)
    do {
      stopwatch.lap("boot")
      let clock = try await machine.agent.observeClock(configuration.wallClock)
      try await giveIdentity(to: machine, request, clock)
      stopwatch.lap("identity")
      try await mountRoot(of: machine)
      try hold(machine, to: request.processorShare)
      stopwatch.lap("mount root")
    } catch {
      throw await machine.place.abandon(because: error)
    }
    return RunningMachine(machine, emptyOverlay: emptyOverlay, launch: stopwatch.trace)
  }

  /// Says once, not for every machine, that cgroups are missing or do not do what they should.
  func warnOfMissingCgroups() {
    let isFirst = hasWarnedOfCgroups.withLock { warned in
      defer { warned = true }
      return !warned
    }
    guard isFirst else { return }
    configuration.logger.warning(
      "machines share the processors without their guarantees: the host has no control groups with weights that this server may write to; see sandlot doctor"
    )
  }
}

extension MachineHost {
  /// Makes a booted guest a machine of its own, before any user process runs in it.
  func giveIdentity(
    to machine: VirtualMachine, _ request: MachineRequest, _ clock: GuestClock
  ) async throws {
    guard let clock = clock.reference else {
      throw SandlotError(.internal, "\(request.id) does not run, so it cannot be given the time.")
    }
    var random = SystemRandomNumberGenerator()
    func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in random.next() } }
    let identity = Identity(
      hostname: request.hostname, machineID: HostFiles.hexadecimal(bytes(16)),
      clock: clock, entropy: bytes(64),
      network: machine.place.network.map(GuestNetwork.init))
    try await machine.whileRunning {
      try await $0.agent.perform(.configure(identity))
    }
  }

  /// Has the guest mount its disks and move into its root.
  func mountRoot(of machine: VirtualMachine) async throws {
    let root = RootFilesystem(
      device: "/dev/vda", modulesDevice: "/dev/vdb",
      certificates: configuration.guestCertificates)
    try await machine.whileRunning {
      try await $0.agent.perform(.mountRoot(root))
    }
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

extension MachineRequest {
  /// Refuses what no machine can be.
  package func check() throws {
    let isName =
      !id.isEmpty && id.utf8.count <= 64 && !id.hasPrefix(".")
      && id.utf8.allSatisfy {
        ($0 >= 0x30 && $0 <= 0x39) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7a)
          || [0x2d, 0x2e, 0x5f].contains($0)
      }
    guard isName else {
      throw SandlotError(.invalidArgument, "\"\(id)\" cannot name a machine.")
    }
    guard memoryMiB >= 128 else {
      throw SandlotError(
        .invalidArgument, "A machine cannot run in \(memoryMiB) MiB of memory; it needs 128.")
    }
    guard (1...Self.maximumVirtualCPUs).contains(virtualCPUs) else {
      throw SandlotError(
        .invalidArgument,
        "A machine has between 1 and \(Self.maximumVirtualCPUs) virtual CPUs, not \(virtualCPUs).")
    }
    guard !layers.isEmpty else {
      throw SandlotError(.invalidArgument, "The machine \(id) has no disk layers.")
    }
  }
}
