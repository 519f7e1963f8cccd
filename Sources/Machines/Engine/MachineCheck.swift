import Errors
import Glibc
import SystemPackage

/// What `sandlot doctor` says of this host as a place for machines.
public enum MachineCheck {
  /// Whether there is a QEMU that machines can run on; `path` is the operator's, where set.
  public static func qemu(_ path: FilePath?) async -> HostFinding {
    do {
      let binary = try await QEMUBinary.find(path)
      return HostFinding("QEMU", .ok, "\(binary.version), \(binary.machineType)")
    } catch let error as SandlotError {
      return HostFinding("QEMU", .failure, error.message, remedy: error.hint)
    } catch {
      return HostFinding("QEMU", .failure, "\(error)")
    }
  }

  /// Throws `failedPrecondition` where there is no QEMU that machines can run on.
  public static func requireQEMU(_ path: FilePath?) async throws {
    _ = try await QEMUBinary.find(path)
  }

  /// Boots a machine to its agent's first word and ends it.
  ///
  /// Throws `SandlotError` where it does not boot.
  public static func boot(_ configuration: MachineHost.Configuration) async throws {
    var configuration = configuration
    configuration.network = nil
    let host = try await MachineHost.open(configuration)
    try await host.bootOnce(id: "doctor-\(getpid())")
  }
}

extension MachineHost {
  /// Starts a small machine without a root of its own and ends it once its agent has answered.
  func bootOnce(id: String) async throws {
    let profile = MachineProfile(memoryMiB: 256, virtualCPUs: 1, hasNetwork: false)
    let place = try await makePlace(for: profile, named: id, share: .init())
    let machine = try await startMachine(in: place, profile, from: .kernel, hasDisks: false)
    await machine.place.cleanup.run(hasFailed: false)
  }
}
