import SystemPackage

/// The guests' initramfs: the agent as /init, the modules it loads, and the list of them.
struct Initramfs: Sendable {
  let agent: FilePath
  /// The directory that holds `modules.dep`.
  let modules: FilePath

  /// Changes when what the initramfs holds changes otherwise than by the agent or the kernel.
  static let format = "1"

  /// What the guest needs before it can see its disks; squashfs is for the modules disk.
  static let required = [
    "virtio_pci", "virtio_blk", "virtio_console", "virtio_net", "ext4", "squashfs",
  ]
  /// What some kernels have as modules and others do not have or need.
  static let optional = ["virtio_rng", "crc32c_generic"]

  /// Writes the archive to `directory/initramfs.cpio`.
  ///
  /// It is not compressed, which starts faster; bsdtar makes it from a specification, so that
  /// device nodes need no privilege and the same input gives the same bytes.
  func write(into directory: FilePath) async throws {
    let index = try ModuleIndex(of: modules)
    let order = try index.loadOrder(required: Self.required, optional: Self.optional)
    var entries = Self.skeleton
    entries.append(.file("init", mode: "0755", content: agent))
    var list = ""
    for path in order {
      let file = try await plainModule(modules.pushing(FilePath(path)), into: directory)
      guard let name = file.lastComponent?.string else { continue }
      entries.append(.file("modules/\(name)", mode: "0644", content: file))
      list += "/modules/\(name)\n"
    }
    let listFile = directory.appending("modules.list")
    try HostFiles.write(list, to: listFile)
    entries.append(.file("modules.list", mode: "0644", content: listFile))
    let specification = directory.appending("specification.mtree")
    try HostFiles.write(MtreeEntry.text(of: entries), to: specification)
    try await archive(specification, to: directory.appending("initramfs.cpio"))
  }

  /// By way of a tar, which has no inode numbers: those of the host's files would get into the
  /// archive otherwise.
  private func archive(_ specification: FilePath, to target: FilePath) async throws {
    let tar = FilePath(target.string + ".tar")
    try await Tool.bsdtar.run(["--format=ustar", "-cf", tar.string, "@\(specification)"])
    try await Tool.bsdtar.run(["--format=newc", "-cf", target.string, "@\(tar)"])
    try HostFiles.removeFile(tar)
  }

  private static let skeleton: [MtreeEntry] =
    ["dev", "etc", "modules", "newroot", "proc", "run", "sys", "tmp"].map { .directory($0) } + [
      // The kernel opens /dev/console for init's three streams before anything is mounted.
      .device("dev/console", mode: "0600", major: 5, minor: 1),
      .device("dev/null", mode: "0666", major: 1, minor: 3),
    ]

  /// The module uncompressed: itself, or a copy in `directory`.
  private func plainModule(_ file: FilePath, into directory: FilePath) async throws -> FilePath {
    let unpackers: [String: Tool] = ["gz": .gzip, "xz": .xz, "zst": .zstd]
    guard let suffix = file.extension, let tool = unpackers[suffix],
      let name = file.lastComponent
    else { return file }
    let packed = directory.appending(name)
    try HostFiles.copy(file, to: packed)
    try await tool.run(["-d", "-q", "-f", packed.string])
    let plain = FilePath(String(packed.string.dropLast(suffix.utf8.count + 1)))
    if HostFiles.exists(packed) { try HostFiles.removeFile(packed) }
    return plain
  }
}
