import Errors
import GuestProtocol
import Logging
import NIOCore
import NIOPosix
import Synchronization
import SystemPackage

/// Starts machines on this host: one QEMU process each.
public final class MachineHost: MachineLauncher {
  package let configuration: Configuration
  let binary: QEMUBinary
  let emptyOverlay: EmptyOverlay
  let users: UserPool
  let load: BootLoad
  let group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  /// The templates; nil for a host without.
  let templates: TemplateStore?
  let workshop = Latch<TemplateWorkshop>()
  let pool = Latch<WarmPool>()
  private let hasWarnedOfCgroups = Mutex(false)

  private init(configuration: Configuration, binary: QEMUBinary, emptyOverlay: EmptyOverlay) {
    self.configuration = configuration
    self.binary = binary
    self.emptyOverlay = emptyOverlay
    users = UserPool(base: configuration.userBase)
    load = BootLoad(clock: configuration.clock)
    templates = Self.makeTemplateStore(configuration, binary)
  }

  /// Opens the host for machines.
  ///
  /// Throws `SandlotError.failedPrecondition` where something is missing: QEMU, a kernel that is
  /// one, a directory that machines can be in. Call `removeLeftovers()` before the first launch,
  /// and `close()` in the end.
  public static func open(_ configuration: Configuration) async throws -> MachineHost {
    let binary = try await QEMUBinary.find(configuration.qemu)
    try configuration.checkGuestFiles()
    try configuration.prepareRuntimeDirectory()
    let host = MachineHost(
      configuration: configuration, binary: binary,
      emptyOverlay: try await EmptyOverlay.prepare(
        size: configuration.diskBytes, in: configuration.runtimeDirectory))
    host.openTemplates()
    return host
  }

  /// QEMU's version, for people.
  public var qemuVersion: String { binary.version }

  /// The words that guests' kernels boot with.
  var kernelWords: [String] {
    KernelCommandLine.words(engine: configuration.engine, extra: configuration.extraKernelWords)
  }

  /// Ends the spare machines and the making of templates; returns when they are gone. Machines that
  /// were launched are their owners' to stop.
  public func close() async {
    await workshop.current?.close()
    await pool.current?.close()
  }

  /// How many spare machines wait now.
  package var spareCount: Int { get async { await pool.current?.count ?? 0 } }

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
