import Errors
import QMP
import SystemPackage

/// What makes launches fast: templates, and spare machines restored from them.
extension MachineHost {
  /// The templates of a host; nil where none are wanted, or its QEMU cannot restore any.
  static func makeTemplateStore(
    _ configuration: Configuration, _ binary: QEMUBinary
  ) -> TemplateStore? {
    guard let directory = configuration.templateDirectory else { return nil }
    let library = configuration.readOnlyOpen.map(HostFiles.exists) ?? false
    guard binary.mapsReadableFiles || library else {
      configuration.logger.warning(
        """
        every machine boots from its kernel, which takes many times longer than a restore: QEMU \
        \(binary.version) is older than 8.2, and libReadOnlyOpen.so is not beside the server
        """)
      return nil
    }
    let engine = configuration.engine
    let words = KernelCommandLine.words(engine: engine, extra: configuration.extraKernelWords)
    return TemplateStore(
      directory: directory, budgetBytes: configuration.templateBudgetBytes,
      logger: configuration.logger
    ) {
      try TemplateKey(
        binary: binary, engine: engine, guest: configuration.guest, kernelWords: words,
        diskBytes: configuration.diskBytes)
    }
  }

  /// Opens the workshop and the pool, which call back here.
  func openTemplates() {
    guard let templates else { return }
    workshop.set(
      TemplateWorkshop(store: templates, logger: configuration.logger) { [weak self] in
        guard let self else { throw CancellationError() }
        return try await self.makeTemplate($0, in: $1)
      })
    guard configuration.spares.minimum > 0 else { return }
    pool.set(
      WarmPool(
        policy: configuration.spares, memory: configuration.memory, logger: configuration.logger
      ) { [weak self] name, profile in
        try await self?.makeSpare(named: name, profile)
      })
  }

  /// Makes the template for the usual machine where it is missing, and begins to fill the pool.
  ///
  /// Throws `SandlotError` where the template cannot be made; machines boot without it then.
  public func prepareTemplate() async throws {
    guard let usual = configuration.spares.usual, let workshop = workshop.current else { return }
    try await workshop.finish(MachineProfile(usual))
    await pool.current?.fill()
  }

  /// Restores a machine that waits, paused; nil where there is no template yet, which is ordered.
  private func makeSpare(named name: String, _ profile: MachineProfile) async throws
    -> VirtualMachine?
  {
    guard let template = try await templates?.template(for: profile) else {
      await workshop.current?.order(profile)
      return nil
    }
    let place = try await makePlace(for: profile, named: name, share: .background)
    let machine = try await startMachine(in: place, profile, from: .template(template))
    do {
      try await machine.whileRunning { try await self.rehearse($0) }
      return machine
    } catch {
      throw await machine.place.abandon(because: error)
    }
  }

  /// Has a restored machine rehearse a start, and pauses it.
  private func rehearse(_ machine: VirtualMachine) async throws {
    guard let image = configuration.rehearsalImage else { return }
    try await machine.disk.attachForRehearsal(image)
    try await run(machine)
    let identity = try await identity(of: machine, hostname: "spare")
    try await machine.agent.perform(.rehearse(device: Self.rootDevice, identity))
    try await rehearseProcess(in: machine)
    try await machine.agent.perform(.endRehearsal)
    try await machine.monitor.execute(Stop())
  }

  /// Runs a process that says something and ends, as the first one of a sandbox does.
  private func rehearseProcess(in machine: VirtualMachine) async throws {
    let command = MachineCommand(arguments: ["/bin/sh", "-c", "/bin/true; echo"])
    let process = try await machine.agent.spawn(command)
    await process.closeStandardInput()
    for output in [process.standardOutput, process.standardError] {
      for try await _ in output {}
    }
    _ = try await process.wait()
  }
}
