import Errors
import Foundation
import Logging
import Machines
import Sandboxes
import Settings
import SystemPackage

/// What machines need of this host, in one place: shared by the server and the doctor.
struct MachineSetup: Sendable {
  let settings: Settings
  let directory: DataDirectory
  let logger: Logger

  /// The name that keeps two servers of one host apart.
  var instance: NetworkInstance { NetworkInstance(dataDirectory: directory.root.string) }

  /// The network, or nil where the server may not make one: then only sandboxes with
  /// `block_network=True` start.
  func network() throws -> HostNetwork? {
    guard let range = IPv4Network(settings.networkRange) else {
      throw SandlotError(
        .invalidArgument, "network_range '\(settings.networkRange)' is no IPv4 range.",
        hint: "Give one such as 10.213.0.0/16.")
    }
    guard geteuid() == 0 else { return nil }
    return HostNetwork(
      .init(instance: instance, directory: directory.root.appending("network"), range: range),
      logger: logger)
  }

  /// Looks at what can be wrong in the settings before anything slow begins.
  ///
  /// Throws `SandlotError` naming the value at fault, or QEMU where it is missing.
  func check() async throws {
    _ = try ClientEnvironment.credentials(settings)
    _ = try GuestCertificates.load(settings.guestCertificates)
    try await MachineCheck.requireQEMU(qemu())
  }

  /// The configuration of machines, with an engine still to be found out.
  func configuration(_ guest: PreparedGuest) throws -> MachineHost.Configuration {
    var configuration = MachineHost.Configuration(
      guest: guest, runtimeDirectory: directory.machines,
      logDirectory: directory.console, instance: instance.description,
      engine: .tcg)
    configuration.qemu = qemu()
    configuration.userBase = instance.userBase
    configuration.guestCertificates = try GuestCertificates.load(settings.guestCertificates)
    configuration.templateDirectory = directory.templates
    configuration.templateBudgetBytes = Int64(settings.templateBudget) << 20
    configuration.readOnlyOpen = try GuestFiles.readOnlyOpen()
    configuration.spares = SparePolicy(
      usual: Self.usualMachine, minimum: settings.warmPool, maximum: 2 * settings.warmPool)
    configuration.logger = logger
    return configuration
  }

  /// The machine of a sandbox that asks for nothing in particular.
  private static var usualMachine: MachineRequest {
    let limits = SandboxLimits(host: .current())
    let resources = SandboxResources(
      SandboxSpecification(appID: "", imageID: ""), limits: limits)
    return MachineRequest(
      id: "usual", memoryMiB: resources.memoryMiB, virtualCPUs: resources.virtualCPUs,
      layers: [], hostname: "", network: geteuid() == 0 ? .outbound : .blocked)
  }

  /// The engine that the operator asks for, or that a probe finds.
  func verdict(_ configuration: MachineHost.Configuration) async throws -> EngineVerdict {
    let forced: MachineEngine? =
      switch settings.engine {
      case .auto: nil
      case .kvm: .kvm
      case .tcg: .tcg
      }
    return try await EngineProbe(
      configuration: configuration, cache: directory.preparation.appending("engine.json")
    ).verdict(forced: forced)
  }

  private func qemu() -> FilePath? {
    settings.qemu == Settings.defaultQEMU ? nil : FilePath(settings.qemu)
  }
}
