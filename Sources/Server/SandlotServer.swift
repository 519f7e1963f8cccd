import API
import Apps
import Edge
import Errors
import Foundation
import Images
import Logging
import Machines
import Router
import Sandboxes
import ServiceLifecycle
import Settings
import Store
import Tokens

/// A server, from its settings to its end.
public struct SandlotServer: Sendable {
  private let settings: Settings
  private let directory: DataDirectory
  private let logger: Logger
  private let progress = Progress()

  /// A server with these settings; nothing is done before `run`.
  public init(settings: Settings) {
    self.settings = settings
    directory = DataDirectory(settings.dataDirectory)
    logger = Logger(label: "sandlot")
  }

  /// Prepares what is missing and serves until SIGTERM or SIGINT; then ends every sandbox and
  /// removes all that it had on the host. With `prepareOnly` it returns instead of serving.
  ///
  /// Throws `SandlotError` where it cannot prepare or serve.
  public func run(prepareOnly: Bool = false) async throws {
    try directory.create()
    let lock = try DirectoryLock(directory)
    defer { withExtendedLifetime(lock) {} }
    DescriptorLimit.raise()
    ServerState.remove(directory)
    unlink(directory.servingCredentials.string)
    let sockets = prepareOnly ? nil : try ListeningSockets(settings)

    let setup = MachineSetup(settings: settings, directory: directory, logger: logger)
    let network = try setup.network()
    try await setup.check()
    let (configuration, base) = try await InterruptedBySignal.watching {
      try await prepare(setup)
    }
    try await withNetwork(network) {
      var configuration = configuration
      configuration.network = network
      configuration.rehearsalImage = base.path
      let resources = HostResources.current()
      let memory = MemoryLedger(budgetMiB: MemoryBudget.mebibytes(settings, host: resources))
      progress.report("memory", "\(memory.budgetMiB) MiB to promise to sandboxes and builds")
      if let warning = MemoryBudget.warning(settings, host: resources) {
        progress.report("memory", "warning: \(warning)")
      }
      configuration.memory = memory
      let host = try await MachineHost.open(configuration)
      let planes = try await assemble(host: host, memory: memory, base: base)
      do {
        try await InterruptedBySignal.watching {
          await prepareTemplate(host)
          try await prepareImages(planes, base: base)
        }
        if let sockets {
          try await serve(planes, on: sockets, engine: configuration.engine.rawValue)
        }
      } catch {
        await planes.shutDown()
        await host.close()
        throw error
      }
      await planes.shutDown()
      await host.close()
    }
  }

  /// Makes what usual machines are restored from; without it they boot, which is slow and works.
  private func prepareTemplate(_ host: MachineHost) async {
    do {
      let start = ContinuousClock.now
      try await host.prepareTemplate()
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      progress.report("template", "ready (\(String(format: "%.1f", seconds)) s)")
    } catch {
      progress.report("template", "none, so machines boot: \(error)")
    }
  }

  /// Makes what machines boot from and finds out what they run on.
  private func prepare(
    _ setup: MachineSetup
  ) async throws -> (MachineHost.Configuration, BaseImage) {
    var configuration = try await setup.configuration(
      GuestFiles(settings: settings, directory: directory.preparation, progress: progress)
        .prepare())
    progress.report("kernel", "\(configuration.guest.kernelVersion)")
    let disk = try DiskSize(settings, in: directory)
    configuration.diskBytes = disk.bytes
    if let warning = disk.warning { progress.report("disks", "warning: \(warning)") }
    let base = try await PreparedBase(
      directory: directory.preparation, mirror: settings.debianMirror, diskBytes: disk.bytes,
      progress: progress
    ).prepare()
    progress.report("base image", "Debian bookworm, Python \(base.pythonVersion)")
    let verdict = try await setup.verdict(configuration)
    progress.report("engine", "\(verdict.engine.rawValue): \(verdict.reason)")
    configuration.engine = verdict.engine
    return (configuration, base)
  }

  /// Runs `work` with the sandboxes' network in place, and takes it away afterwards.
  private func withNetwork(_ network: HostNetwork?, _ work: () async throws -> Void) async throws {
    guard let network else {
      progress.report("network", "none: it needs root. Use block_network=True.")
      return try await work()
    }
    try await network.start()
    do { try await work() } catch {
      await network.stop()
      throw error
    }
    await network.stop()
  }

  /// Builds the layers above the machines and clears away what a former server left.
  private func assemble(
    host: MachineHost, memory: MemoryLedger, base: BaseImage
  ) async throws -> Planes {
    for leftover in await host.removeLeftovers() {
      progress.report(
        "recovery",
        "removed the machine \(leftover.id) of a server that is gone"
          + (leftover.wasRunning ? "; it was still running" : ""))
    }
    let planes = try await Planes(
      settings: settings, directory: directory, host: host, memory: memory, base: base,
      logger: logger)
    for sentence in try await planes.recover() { progress.report("recovery", sentence) }
    return planes
  }

  private func prepareImages(_ planes: Planes, base: BaseImage) async throws {
    try await DefaultImageBuild(
      images: planes.images, base: base,
      builderVersion: AppEnvironment.imageBuilderVersion, progress: progress
    ).run()
    // A build that is followed no longer, because of a signal, is no reason to serve.
    try Task.checkCancellation()
  }

  private func serve(
    _ planes: Planes, on sockets: ListeningSockets, engine: String
  ) async throws {
    let state = ServerState(
      processID: getpid(), url: "http://\(clientHost):\(sockets.calls.port)", engine: engine,
      startedAt: Date())
    let services = try await planes.services(sockets: sockets, host: settings.host)
    if let tokens = settings.tokens {
      let credentials = try Credentials(id: tokens.id, secret: tokens.secret)
      try credentials.save(at: directory.servingCredentials.string)
    }
    defer { unlink(directory.servingCredentials.string) }
    try state.write(directory)
    defer { ServerState.remove(directory) }
    announce(try ClientEnvironment(settings: settings, url: state.url))
    var configuration = ServiceGroupConfiguration(
      services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    // A client that keeps a call open would hold the end for as long as it likes.
    configuration.maximumGracefulShutdownDuration = Duration.seconds(20)
    try await ServiceGroup(configuration: configuration).run()
    progress.report("server", "has ended, and its sandboxes with it")
  }

  /// What clients on this machine connect to.
  private var clientHost: String { settings.host == "0.0.0.0" ? "127.0.0.1" : settings.host }

  private func announce(_ environment: ClientEnvironment) {
    progress.report("server", "serving at \(environment.url)")
    // A terminal shows the secret to the person who needs it; a log file must not hold it.
    guard isatty(STDOUT_FILENO) == 1 else { return }
    print(environment.shellLines)
    fflush(nil)
  }
}
