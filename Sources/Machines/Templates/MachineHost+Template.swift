import Errors
import Glibc
import GuestProtocol
import NIOPosix
import QMP
import SystemPackage

extension MachineHost {
  /// Boots a machine of a profile, has it prepare itself, and saves its state in a directory.
  ///
  /// Returns what is to be known of the template; nothing of the machine is left.
  func makeTemplate(
    _ profile: MachineProfile, in directory: FilePath
  ) async throws -> Template.Description {
    let memory = Template.memory(in: directory)
    let state = Template.state(in: directory)
    try HostFiles.makeSparse(memory, size: Int64(profile.memoryMiB) << 20)
    try HostFiles.write("", to: state)
    let place = try await makePlace(
      for: profile, named: "template-\(profile.description)", share: .background)
    let machine = try await startMachine(in: place, profile, from: .kernelInto(memory))
    do {
      try await machine.whileRunning { try await self.save($0, to: state) }
    } catch {
      throw await machine.place.abandon(because: error)
    }
    await machine.place.cleanup.run(hasFailed: false)
    for file in [memory, state] { try Self.seal(file) }
    return Template.Description(
      profile: profile, memoryDigest: try SparseFile.digest(of: memory),
      stateDigest: try HostFiles.sha256(of: state))
  }

  private func save(_ machine: VirtualMachine, to state: FilePath) async throws {
    try await machine.agent.perform(.prepare(modulesDevice: Self.modulesDevice))
    machine.agent.close()
    try await machine.monitor.execute(Stop())
    try await machine.monitor.execute(MigrateSetCapabilities(on: Self.templateCapabilities))
    try await NIOThreadPool.singleton.runIfActive { [descriptors = machine.descriptors] in
      let file = try SystemPackage.FileDescriptor.open(state, .writeOnly, options: .closeOnExec)
      try file.closeAfter { try descriptors.migrate(to: file.rawValue) }
    }
    while true {
      let progress = try await machine.monitor.execute(QueryMigrate())
      switch progress.status {
      case "completed": return
      case "failed", "cancelled":
        throw SandlotError(
          .internal, "Its state cannot be saved: \(progress.errorDescription ?? "no reason given")."
        )
      default: try await Task.sleep(for: .milliseconds(5))
      }
    }
  }

  /// With it, saving leaves the memory in its file, and restoring expects it there.
  static let templateCapabilities = ["x-ignore-shared"]

  /// Makes a file safe against a power cut, and nobody's to write. QEMU's users may read it once they
  /// have a descriptor, which memory is mapped through; the directory lets nobody else near.
  private static func seal(_ path: FilePath) throws {
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: [.noFollow, .closeOnExec])
      try file.closeAfter {
        guard fsync(file.rawValue) == 0, fchown(file.rawValue, geteuid(), getegid()) == 0,
          fchmod(file.rawValue, 0o444) == 0
        else { throw Errno(rawValue: errno) }
      }
    } catch let cause as Errno {
      throw HostFiles.failure("write", path, cause)
    }
  }
}
