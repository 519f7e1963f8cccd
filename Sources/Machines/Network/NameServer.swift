import Errors
import Logging
import SystemPackage

/// The name server of all sandboxes: one dnsmasq on the host's ends of their networks.
///
/// It asks whom the host's own /etc/resolv.conf names, which guests could not always reach
/// themselves: a resolver on the host's loopback, for one. It runs as `nobody`, and is started anew
/// when it dies.
actor NameServer {
  private let instance: NetworkInstance
  private let pidFile: FilePath
  private let logger: Logger
  private var process: Task<Void, any Error>?
  private var supervisor: Task<Void, Never>?

  init(instance: NetworkInstance, directory: FilePath, logger: Logger) {
    self.instance = instance
    self.logger = logger
    pidFile = Self.pidFile(in: directory)
  }

  static func pidFile(in directory: FilePath) -> FilePath {
    directory.appending("dnsmasq.pid")
  }

  /// Starts it; returns when it is ready.
  func start() async throws {
    try await launch()
    supervisor = Task { await self.supervise() }
  }

  /// Ends it; returns when it is gone.
  func stop() async {
    supervisor?.cancel()
    process?.cancel()
    await supervisor?.value
    // The supervisor may have started another one before it saw that it was cancelled.
    process?.cancel()
    _ = await process?.result
    try? HostFiles.removeFile(pidFile)
    (supervisor, process) = (nil, nil)
  }

  private func launch() async throws {
    let (readiness, ready) = AsyncStream.makeStream(of: Void.self)
    let (arguments, logger) = (arguments, logger)
    let process = Task {
      defer { ready.finish() }
      try await Tool.dnsmasq.run(arguments, limit: 4096) { line in
        logger.debug("\(line)")
        if line.contains(": started, version") { ready.yield() }
      }
    }
    self.process = process
    try await withTaskCancellationHandler {
      for await _ in readiness { return }
      try await process.value
      throw SandlotError(.internal, "dnsmasq ended before it was ready.")
    } onCancel: {
      process.cancel()
    }
  }

  private func supervise() async {
    while !Task.isCancelled, let process {
      let result = await process.result
      guard !Task.isCancelled else { return }
      logger.error("the sandboxes' name server ended, starting it anew: \(result)")
      do {
        try await Task.sleep(for: .seconds(1))
        try await launch()
      } catch is CancellationError {
        return
      } catch {
        logger.error("the sandboxes' name server cannot be started: \(error)")
      }
    }
  }

  private var arguments: [String] {
    [
      "--keep-in-foreground", "--conf-file=/dev/null", "--log-facility=-",
      "--pid-file=\(pidFile)", "--user=nobody", "--group=nogroup",
      // bind-dynamic takes up interfaces that come later, and binds to their addresses alone, so
      // that it goes together with a resolver of the host's own.
      "--bind-dynamic", Self.interfaceArgument(instance), "--except-interface=lo",
      "--no-hosts", "--cache-size=4096", "--dns-forward-max=1024",
    ]
  }

  /// The argument by which a leftover is recognised.
  static func interfaceArgument(_ instance: NetworkInstance) -> String {
    "--interface=\(instance.interfacePrefix)*"
  }
}
