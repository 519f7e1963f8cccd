import SystemPackage

/// What every guest boots from.
public struct PreparedGuest: Sendable, Equatable {
  /// The kernel: a vmlinux with a PVH entry where possible, else a bzImage.
  public var kernel: FilePath
  /// What `uname -r` says in the guest.
  public var kernelVersion: String
  /// A squashfs, to be mounted at the guest's /lib/modules.
  public var modulesDisk: FilePath
  /// An uncompressed initramfs with the agent as /init.
  public var initramfs: FilePath

  /// Names files that exist already.
  public init(
    kernel: FilePath, kernelVersion: String, modulesDisk: FilePath, initramfs: FilePath
  ) {
    self.kernel = kernel
    self.kernelVersion = kernelVersion
    self.modulesDisk = modulesDisk
    self.initramfs = initramfs
  }
}

/// Makes what every guest boots from: kernel, modules disk, initramfs.
///
/// Each part is kept as long as what it was made from stays the same, so that a second run takes
/// no time, needs no network, and a new agent rebuilds only the initramfs.
public struct GuestPreparation: Sendable {
  /// Where the parts are kept; made when missing.
  public var directory: FilePath
  /// The guest agent's static executable.
  public var agent: FilePath
  /// The kernel to use.
  public var kernelSource: KernelSource
  /// Told what is being done; silent about parts that are kept.
  public var onProgress: PreparationProgressHandler

  /// Describes a preparation; nothing is done before `prepare()`.
  public init(
    directory: FilePath, agent: FilePath, kernelSource: KernelSource = .debianCloud,
    onProgress: @escaping PreparationProgressHandler = { _ in }
  ) {
    self.directory = directory
    self.agent = agent
    self.kernelSource = kernelSource
    self.onProgress = onProgress
  }

  /// Makes what is missing or out of date.
  /// - Throws: `SandlotError` when a tool is missing, the kernel is none, or the disk is full.
  public func prepare() async throws -> PreparedGuest {
    let agentHash = try HostFiles.sha256(of: agent)
    try HostFiles.makeDirectory(directory)
    let kernel = try await prepareKernel()

    let disk = Artifact("modules", in: directory, inputs: ["kernel": kernel.identity])
    try await disk.make { work in
      report(.modules, "making the modules disk of \(kernel.version)")
      try await ModuleTree.makeDisk(of: kernel.modules, at: work.appending("modules.squashfs"))
    }

    let initramfs = Artifact(
      "initramfs", in: directory,
      inputs: ["kernel": kernel.identity, "agent": agentHash, "format": Initramfs.format])
    try await initramfs.make { work in
      report(.initramfs, "making the initramfs with the agent \(agentHash.prefix(12))")
      try await Initramfs(agent: agent, modules: kernel.modules).write(into: work)
    }

    return PreparedGuest(
      kernel: kernel.image, kernelVersion: kernel.version,
      modulesDisk: disk.directory.appending("modules.squashfs"),
      initramfs: initramfs.directory.appending("initramfs.cpio"))
  }

  func report(_ step: PreparationProgress.Step, _ detail: String) {
    onProgress(PreparationProgress(step, detail))
  }
}
