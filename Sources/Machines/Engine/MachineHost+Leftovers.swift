import Glibc
import SystemPackage

extension MachineHost {
  /// A machine of a server that ended before it.
  public struct Leftover: Sendable, Equatable {
    /// The id that it was launched with.
    public var id: String
    /// Whether its QEMU still ran.
    public var wasRunning: Bool

    /// A machine that was found.
    public init(id: String, wasRunning: Bool) {
      self.id = id
      self.wasRunning = wasRunning
    }
  }

  /// Ends and removes what a former server with the same runtime directory left behind.
  ///
  /// To be called before the first launch: it takes every machine in the directory for a leftover.
  public func removeLeftovers() async -> [Leftover] {
    let parent = configuration.runtimeDirectory
    let names = ((try? HostFiles.names(in: parent)) ?? []).filter {
      !$0.hasPrefix(".") && HostFiles.isDirectory(parent.appending($0))
    }
    var found: [Leftover] = []
    for id in names {
      let directory = MachineDirectory(path: parent.appending(id), owner: nil)
      let wasRunning = await end(ProcessRecord(at: directory.pidFile), id: id)
      let owner = try? HostFiles.text(at: directory.ownerFile)
      let cgroup = Cgroup.existing(
        instance: configuration.instance, id: id, in: configuration.cgroups)
      await cgroup?.remove()
      directory.remove()
      found.append(Leftover(id: owner ?? id, wasRunning: wasRunning))
    }
    return found
  }

  private func end(_ process: ProcessRecord?, id: String) async -> Bool {
    guard let process, process.runs(with: "guest=\(id)") else { return false }
    kill(process.pid, SIGKILL)
    for _ in 0..<500 where process.isAlive {
      try? await Task.sleep(for: .milliseconds(10))
    }
    return true
  }
}
