import Errors
import Machines
import Synchronization
import SystemPackage
import Testing

@Suite("Preparing what guests boot from")
struct PreparationGuestTests {
  private static let modules = [
    "virtio_pci", "virtio_blk", "virtio_console", "virtio_net", "squashfs",
  ]

  /// A made-up kernel with made-up modules, and an agent.
  private func fill(_ folder: borrowing PreparationFolder) async throws {
    let payload = try await PreparationKernelFixture.payload(by: "lz4", in: folder)
    try folder.write(PreparationKernelFixture.bzImage(payload: payload), to: "in/bzImage")
    try folder.write("the agent", to: "in/agent", mode: 0o755)
    var index = ""
    for name in Self.modules {
      try folder.write("module \(name)", to: "in/6.1.0-test-amd64/kernel/\(name).ko")
      index += "kernel/\(name).ko:\(name == "virtio_pci" ? "" : " kernel/virtio_pci.ko")\n"
    }
    try folder.write(index, to: "in/6.1.0-test-amd64/modules.dep")
    try folder.write("kernel/ext4.ko\n", to: "in/6.1.0-test-amd64/modules.builtin")
  }

  /// Prepares and returns, beside the result, the steps that had something to do.
  private func prepare(
    _ folder: borrowing PreparationFolder, kernel: String = "in/bzImage"
  ) async throws -> (PreparedGuest, Set<PreparationProgress.Step>) {
    let steps = Mutex<Set<PreparationProgress.Step>>([])
    let guest = try await GuestPreparation(
      directory: folder.path.appending("out"), agent: folder.path.appending("in/agent"),
      kernelSource: .file(folder.path.appending(kernel), modules: folder.path.appending("in"))
    ) { progress in
      _ = steps.withLock { $0.insert(progress.step) }
    }.prepare()
    return (guest, steps.withLock { $0 })
  }

  @Test("Everything is made once, and a new agent rebuilds only the initramfs")
  func rebuild() async throws {
    let folder = try PreparationFolder()
    try await fill(folder)
    let (guest, steps) = try await prepare(folder)
    #expect(steps == [.kernel, .modules, .initramfs])
    #expect(guest.kernelVersion == "6.1.0-test-amd64")
    #expect(try content(of: guest.kernel) == PreparationKernelFixture.vmlinux)
    #expect(try content(of: guest.modulesDisk).starts(with: Array("hsqs".utf8)))
    let first = try content(of: guest.initramfs)

    let again = try await prepare(folder)
    #expect(again.0 == guest)
    #expect(again.1.isEmpty)

    try folder.write("another agent", to: "in/agent")
    #expect(try await prepare(folder).1 == [.initramfs])
    #expect(try content(of: guest.initramfs) != first)
    try folder.write("the agent", to: "in/agent")
    #expect(try await prepare(folder).1 == [.initramfs])
    #expect(try content(of: guest.initramfs) == first)
    #expect(try folder.names(in: "out") == ["initramfs", "kernel", "modules"])
  }

  @Test("The initramfs holds the agent, the console, and the modules in their order")
  func initramfs() async throws {
    let folder = try PreparationFolder()
    try await fill(folder)
    let (guest, _) = try await prepare(folder)
    let archive = guest.initramfs.string
    let listing = try await Tool("bsdtar", package: "libarchive-tools").run(["-tvf", archive])
    let lines = listing.standardOutput.split(separator: "\n")
    #expect(
      lines.contains {
        $0.hasPrefix("crw-------") && $0.contains("5,1 ") && $0.hasSuffix("dev/console")
      })
    #expect(lines.contains { $0.hasPrefix("-rwxr-xr-x") && $0.hasSuffix("./init") })
    let list = try await Tool("bsdtar", package: "libarchive-tools")
      .run(["-xOf", archive, "./modules.list"])
    #expect(
      list.standardOutput.split(separator: "\n") == [
        "/modules/virtio_pci.ko", "/modules/virtio_blk.ko", "/modules/virtio_console.ko",
        "/modules/virtio_net.ko", "/modules/squashfs.ko",
      ])
    let agent = try await Tool("bsdtar", package: "libarchive-tools").run([
      "-xOf", archive, "./init",
    ])
    #expect(agent.standardOutput == "the agent")
  }

  @Test("A failure leaves what was there, and nothing half made")
  func failure() async throws {
    let folder = try PreparationFolder()
    try await fill(folder)
    _ = try await prepare(folder)
    try folder.write("kernel/virtio_pci.ko:\n", to: "in/6.1.0-test-amd64/modules.dep")
    let error = await #expect(throws: SandlotError.self) { try await prepare(folder) }
    #expect(error?.message == "The kernel has no virtio_blk, neither as a module nor built in.")
    #expect(try folder.names(in: "out") == ["initramfs", "kernel", "modules"])
  }

  @Test("A kernel file that is none is refused before anything is made")
  func noKernel() async throws {
    let folder = try PreparationFolder()
    try await fill(folder)
    let error = await #expect(throws: SandlotError.self) {
      try await prepare(folder, kernel: "in/agent")
    }
    #expect(error?.code == .invalidArgument)
    #expect(try folder.names(in: "out").isEmpty)
  }

  @Test("A kernel without its modules says where they were looked for")
  func noModules() async throws {
    let folder = try PreparationFolder()
    try await fill(folder)
    let preparation = GuestPreparation(
      directory: folder.path.appending("out"), agent: folder.path.appending("in/agent"),
      kernelSource: .file(folder.path.appending("in/bzImage"), modules: "/nonexistent"))
    let error = await #expect(throws: SandlotError.self) { try await preparation.prepare() }
    #expect(
      error?.message == "There are no modules for the kernel 6.1.0-test-amd64 in /nonexistent.")
  }
}
