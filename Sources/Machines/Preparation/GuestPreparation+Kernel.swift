import SystemPackage

extension GuestPreparation {
  func prepareKernel() async throws -> Kernel {
    switch kernelSource {
    case .debianPackage(let name): try await prepareKernel(package: name)
    case .file(let path, let modules): try await prepareKernel(file: path, modules: modules)
    }
  }

  private func prepareKernel(package: String) async throws -> Kernel {
    let artifact = Artifact("kernel", in: directory, inputs: ["package": package, "format": "1"])
    try await artifact.make { work in
      let vmlinuz = try await KernelPackage(name: package, onProgress: onProgress)
        .unpack(into: work)
      let version = try await install(vmlinuz, into: work)
      report(.kernel, "indexing the modules of \(version)")
      try await Tool.depmod.run(["-b", work.string, version])
      for name in ["boot", "usr"] { try await HostFiles.removeTree(work.appending(name)) }
    }
    let version = try HostFiles.text(at: artifact.directory.appending("version"))
    let modules = artifact.directory.appending("lib/modules").appending(version)
    return try kernel(in: artifact, version: version, modules: modules, moduleHash: "")
  }

  private func prepareKernel(file: FilePath, modules given: FilePath?) async throws -> Kernel {
    let version = try KernelImage.examine(file).version
    let modules = try ModuleTree.find(version: version, given: given)
    let artifact = Artifact(
      "kernel", in: directory,
      inputs: ["file": try HostFiles.sha256(of: file), "format": "1"])
    try await artifact.make { work in _ = try await install(file, into: work) }
    let moduleHash = try HostFiles.sha256(of: modules.appending("modules.dep"))
    return try kernel(in: artifact, version: version, modules: modules, moduleHash: moduleHash)
  }

  /// Puts the kernel, uncompressed where possible, and what is known of it into `work`.
  private func install(_ source: FilePath, into work: FilePath) async throws -> String {
    let image = try KernelImage.examine(source)
    report(.kernel, "unpacking the kernel \(image.version)")
    let target = work.appending("image")
    if try await !image.extract(from: source, to: target) {
      report(.kernel, "the kernel cannot be uncompressed; using the bzImage, which starts slower")
      try HostFiles.copy(source, to: target)
    }
    try HostFiles.write(image.version, to: work.appending("version"))
    try HostFiles.write(try HostFiles.sha256(of: target), to: work.appending("sha256"))
    return image.version
  }

  private func kernel(
    in artifact: Artifact, version: String, modules: FilePath, moduleHash: String
  ) throws -> Kernel {
    let hash = try HostFiles.text(at: artifact.directory.appending("sha256"))
    return Kernel(
      image: artifact.directory.appending("image"), version: version, modules: modules,
      identity: [version, hash, moduleHash].joined(separator: " "))
  }
}
