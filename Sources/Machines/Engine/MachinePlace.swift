import Errors
import SystemPackage

/// What a machine has on the host before QEMU starts.
struct MachinePlace: Sendable {
  /// Names the machine in paths and control groups, for its whole life.
  let id: String
  /// What the machine runs for, once that is another id: a spare machine was there before.
  let owner: Latch<String>
  /// The user that QEMU runs as; nil for the server's own.
  let confinement: Confinement?
  let directory: MachineDirectory
  let console: BoundedLog
  let processLog: BoundedLog
  let network: NetworkAttachment?
  let cgroup: Cgroup?
  let cleanup: Cleanup

  /// Hands a spare machine to a sandbox or build of this id; a server that finds the machine left
  /// over will name it so.
  func hand(to id: String) throws {
    owner.set(id)
    try HostFiles.write(id, to: directory.ownerFile)
  }

  /// The guest kernel's words of giving up, without the trace that follows; nil where it has not.
  var panic: [String]? {
    let lines = console.lastLines(200)
    return lines.firstIndex { $0.contains("Kernel panic") }.map { Array(lines[$0...].prefix(2)) }
  }

  /// Ends what there is of a machine that never came to run, and returns the error to throw for it,
  /// with what its console said last.
  ///
  /// - Parameter owner: The id that whoever asked for the machine knows it by, where it has another.
  func abandon(because error: any Error, owner: String? = nil) async -> any Error {
    await cleanup.run(hasFailed: !(error is CancellationError))
    guard var failure = error as? SandlotError else { return error }
    failure.message = "The machine \(owner ?? id) did not start: \(failure.message)"
    let lines = panic ?? console.lastLines(8)
    if !lines.isEmpty {
      failure.message += "\nIts console said last:\n" + lines.joined(separator: "\n")
    }
    // Whoever asked for the machine named nothing that does not exist.
    if failure.code == .notFound { failure.code = .internal }
    return failure
  }
}

extension MachineHost {
  /// Makes the place of a machine; nothing of it is left where that fails.
  ///
  /// - Parameter share: Its claim on the processors, of which only the weight counts already.
  func makePlace(
    for profile: MachineProfile, named id: String, share: MachineRequest.ProcessorShare
  ) async throws -> MachinePlace {
    let cleanup = Cleanup()
    do {
      return try await makePlace(id, hasNetwork: profile.hasNetwork, share, cleanup)
    } catch {
      await cleanup.run(hasFailed: false)
      throw error
    }
  }

  private func makePlace(
    _ id: String, hasNetwork: Bool, _ share: MachineRequest.ProcessorShare, _ cleanup: Cleanup
  ) async throws -> MachinePlace {
    let confinement = try takeUser(cleanup)
    let directory = try MachineDirectory.make(
      id: id, in: configuration.runtimeDirectory, owner: confinement?.id)
    cleanup.add { _ in directory.remove() }
    let logDirectory = configuration.logDirectory
    let console = try BoundedLog(path: directory.consoleLog)
    let processLog = try BoundedLog(path: directory.processLog)
    let owner = Latch<String>()
    cleanup.add { hasFailed in
      console.close()
      processLog.close()
      if hasFailed { directory.saveLogs(to: logDirectory, id: owner.current ?? id) }
    }
    let network = try await hasNetwork ? attachNetwork(id, cleanup) : nil
    let cgroup = makeCgroup(id: id, share: share)
    if let cgroup { cleanup.add { _ in await cgroup.remove() } }
    return MachinePlace(
      id: id, owner: owner, confinement: confinement, directory: directory, console: console,
      processLog: processLog, network: network, cgroup: cgroup, cleanup: cleanup)
  }

  private func takeUser(_ cleanup: Cleanup) throws -> Confinement? {
    guard configuration.dropsPrivileges else { return nil }
    let user = try users.take()
    let users = users
    cleanup.add { _ in users.give(user) }
    let group = configuration.engine == .kvm ? KVMDevice.examine().group : nil
    return Confinement(id: user, group: group)
  }

  private func attachNetwork(
    _ id: String, _ cleanup: Cleanup
  ) async throws -> NetworkAttachment? {
    guard let provider = configuration.network else {
      throw SandlotError(
        .failedPrecondition, "\(id) wants a network, which this server cannot give.",
        hint: "Run the server as root, or block the sandbox's network.")
    }
    let attachment = try await provider.attach(sandboxID: id)
    cleanup.add { _ in await provider.detach(sandboxID: id) }
    return attachment
  }
}
