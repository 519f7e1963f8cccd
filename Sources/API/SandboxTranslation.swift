import Edge
import Errors
import ModalProtocol
import Sandboxes

extension SandboxSpecification {
  /// Reads the SDK's request, or refuses by name what this server does not do. The environment is
  /// left out: secrets may have to be fetched for it.
  package init(_ request: Modal_Client_SandboxCreateV2Request) throws {
    let definition = request.definition
    try RefusedOptions.check(request)
    self.init(appID: request.appID, imageID: definition.imageID)
    name = definition.name.isEmpty ? nil : definition.name
    mountIDs = definition.mountIds
    arguments = definition.entrypointArgs
    workingDirectory = definition.workdir.isEmpty ? nil : definition.workdir
    milliCPU = Int64(definition.resources.milliCpu)
    milliCPULimit = Int64(definition.resources.milliCpuMax)
    memoryMiB = Int64(definition.resources.memoryMb)
    timeoutSeconds = Int64(definition.timeoutSecs)
    idleTimeoutSeconds = definition.hasIdleTimeoutSecs ? Int64(definition.idleTimeoutSecs) : nil
    if definition.hasReadinessProbe {
      readinessProbe = try ReadinessProbe(definition.readinessProbe)
    }
    network = try Self.network(definition)
    isInit = try ExperimentalOptions(definition.experimentalOptionsV2).isInit
    if definition.ptyInfo.enabled { terminal = TerminalSettings(definition.ptyInfo) }
    tags = Dictionary(request.tags.map { ($0.tagName, $0.tagValue) }, uniquingKeysWith: { $1 })
  }

  private static func network(
    _ definition: Modal_Client_Sandbox
  ) throws -> SandboxSpecification.Network {
    switch definition.networkAccess.networkAccessType {
    case .blocked: return .blocked
    case .open, .unspecified: return definition.blockNetwork ? .blocked : .outbound
    case .allowlist:
      throw SandlotError(
        .unimplemented,
        "outbound_cidr_allowlist and outbound_domain_allowlist are not supported yet.",
        hint: "Use block_network=True, or leave the allowlist out.")
    case .UNRECOGNIZED(let value):
      throw SandlotError(.invalidArgument, "Network access \(value) is unknown to this server.")
    }
  }
}

extension Modal_Client_SandboxCreateV2Request {
  /// Where the sandbox's variables come from.
  package var environmentSources: [EnvironmentSource] {
    [.variables(definition.environmentVariables.contents)]
      + [EnvironmentSource](
        secretSources, secretIDs: definition.secretIds, variables: ephemeralSecrets.contents)
  }
}

extension ReadinessProbe {
  fileprivate init(_ probe: Modal_Client_Probe) throws {
    let check: Check
    switch probe.probeOneof {
    case .tcpPort(let port): check = .port(Int(port))
    case .execCommand(let command): check = .command(command.argv)
    case nil:
      throw SandlotError(
        .invalidArgument, "The readiness probe says neither a port nor a command.",
        hint: "Use modal.Probe.with_tcp(port) or modal.Probe.with_exec(…).")
    }
    self.init(check)
    if probe.hasIntervalMs { intervalMilliseconds = Int64(probe.intervalMs) }
  }
}
