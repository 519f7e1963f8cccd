import Errors
import Foundation
import Logging
import Machines
import Sandboxes
import Settings
import SystemPackage

/// What `sandlot doctor` looks at, one thing after another.
public struct Examination: Sendable {
  private let settings: Settings
  private let directory: DataDirectory

  /// An examination of the host under these settings.
  public init(settings: Settings) {
    self.settings = settings
    directory = DataDirectory(settings.dataDirectory)
  }

  /// The findings as they come; the engine's, which takes a boot, is last.
  public func findings() -> AsyncStream<HostFinding> {
    AsyncStream { continuation in
      let task = Task {
        for finding in await quickFindings() { continuation.yield(finding) }
        continuation.yield(await engine())
        continuation.finish()
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }

  private func quickFindings() async -> [HostFinding] {
    [dataDirectory(), disk(), memory(), await MachineCheck.qemu(qemu)]
      + HostTools.findings() + [await CgroupCheck.run()] + (await NetworkCheck.run())
      + [certificates(), tokens(), server()]
  }

  private var qemu: FilePath? {
    settings.qemu == Settings.defaultQEMU ? nil : FilePath(settings.qemu)
  }

  private func dataDirectory() -> HostFinding {
    do {
      try directory.create()
      return HostFinding("data directory", .ok, directory.root.string)
    } catch {
      return HostFinding("data directory", failure: error)
    }
  }

  private func disk() -> HostFinding {
    guard let free = directory.freeMiB else {
      return HostFinding("disk space", .warning, "unknown for \(directory.root)")
    }
    let text = "\(free / 1024) GiB free in \(directory.root)"
    guard free >= 8 * 1024 else {
      return HostFinding(
        "disk space", .failure, text,
        remedy: "free 8 GiB, or choose another disk with --data-directory")
    }
    return HostFinding("disk space", .ok, text)
  }

  private func memory() -> HostFinding {
    let host = HostResources.current()
    let budget = MemoryBudget.mebibytes(settings, host: host)
    let text = "\(host.memoryMiB) MiB, of which \(budget) may be promised to sandboxes and builds"
    guard host.memoryMiB >= 2048 else {
      return HostFinding(
        "memory", .failure, "\(host.memoryMiB) MiB, too little for a build's 2048 MiB",
        remedy: "use a machine with more memory")
    }
    if let warning = MemoryBudget.warning(settings, host: host) {
      return HostFinding(
        "memory", .warning, warning,
        remedy: "lower memory_budget, or raise memory_overcommit instead")
    }
    return HostFinding("memory", .ok, text)
  }

  private func certificates() -> HostFinding {
    do {
      _ = try GuestCertificates.load(settings.guestCertificates)
      let count = settings.guestCertificates.count
      return HostFinding("guest CAs", .ok, "\(count) beside those of the images")
    } catch {
      return HostFinding("guest CAs", failure: error)
    }
  }

  private func tokens() -> HostFinding {
    do {
      let credentials = try ClientEnvironment.credentials(settings)
      return HostFinding("tokens", .ok, "\(credentials.id)")
    } catch {
      return HostFinding("tokens", failure: error)
    }
  }

  private func server() -> HostFinding {
    guard let state = ServerState.ofRunningServer(directory) else {
      return HostFinding("server", .ok, "not running; start it with: sandlot up --detach")
    }
    return HostFinding("server", .ok, "serving \(state.url)")
  }

  /// Boots a machine on the engine that the server would use.
  private func engine() async -> HostFinding {
    let setup = MachineSetup(
      settings: settings, directory: directory, logger: Logger(label: "doctor"))
    do {
      let guest = try await GuestFiles(
        settings: settings, directory: directory.preparation, progress: Progress()
      ).prepare()
      var configuration = try setup.configuration(guest)
      let verdict = try await setup.verdict(configuration)
      configuration.engine = verdict.engine
      try await MachineCheck.boot(configuration)
      return HostFinding(
        "engine", verdict.remedy == nil ? .ok : .warning,
        "\(verdict.engine.rawValue), a machine booted. \(verdict.reason)", remedy: verdict.remedy)
    } catch {
      return HostFinding("engine", failure: error)
    }
  }
}
