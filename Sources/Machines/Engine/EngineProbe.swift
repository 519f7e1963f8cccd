import Errors
import Foundation
import Glibc
import SystemPackage

/// Finds out which engine machines can run on, by booting one.
///
/// That `/dev/kvm` exists, opens and makes virtual CPUs proves nothing: there are hosts where a
/// guest on it hangs or QEMU dies of an assertion. So KVM is used where a guest with the real
/// kernel reaches its agent in time, and the verdict is kept until QEMU, the kernel or the host's
/// own boot changes.
public struct EngineProbe: Sendable {
  /// How the probe's machine is made; its engine is not looked at.
  public var configuration: MachineHost.Configuration
  /// Where the verdict is kept.
  public var cache: FilePath
  /// How long the probe's guest may take; KVM needs about one second.
  public var limit: Duration = .seconds(8)
  /// Looks at the host's `/dev/kvm`; only tests put something else here.
  package var examineDevice: @Sendable (_ confined: Bool) -> KVMDevice =
    KVMDevice.examine(confined:)

  /// A probe.
  public init(configuration: MachineHost.Configuration, cache: FilePath) {
    self.configuration = configuration
    self.cache = cache
  }

  /// The engine to use; `forced` is the operator's choice, where there is one.
  ///
  /// Throws `SandlotError` where not even a probe can be made: without QEMU or a kernel.
  public func verdict(forced: MachineEngine? = nil) async throws -> EngineVerdict {
    if let forced {
      return EngineVerdict(engine: forced, reason: "The configuration asks for \(forced.rawValue).")
    }
    let device = examineDevice(configuration.dropsPrivileges)
    if let obstacle = device.obstacle {
      return EngineVerdict(engine: .tcg, reason: obstacle, remedy: device.remedy)
    }
    let binary = try await QEMUBinary.find(configuration.qemu)
    let key = try key(for: binary)
    if let kept = try? JSONDecoder().decode(Kept.self, from: Data(HostFiles.bytes(at: cache))),
      kept.key == key
    {
      return kept.verdict
    }
    let verdict = try await boot()
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    // Without the file the next start probes again, which costs seconds and nothing else.
    try? HostFiles.write(
      Array(encoder.encode(Kept(key: key, verdict: verdict))), to: cache)
    return verdict
  }

  private struct Kept: Codable {
    var key: String
    var verdict: EngineVerdict
  }

  private func key(for binary: QEMUBinary) throws -> String {
    var status = stat()
    guard stat(configuration.guest.kernel.string, &status) == 0 else {
      throw HostFiles.failure("read", configuration.guest.kernel)
    }
    let boot = (try? HostFiles.text(at: "/proc/sys/kernel/random/boot_id")) ?? ""
    return [
      binary.version, "\(status.st_size)", "\(status.st_mtim.tv_sec)",
      String(boot.prefix { !$0.isNewline }),
    ].joined(separator: " ")
  }

  private func boot() async throws -> EngineVerdict {
    var configuration = configuration
    configuration.engine = .kvm
    configuration.bootLimit = limit
    configuration.network = nil
    let host = try await MachineHost.open(configuration)
    let limit = limit
    do {
      // All of it, since on such a host QEMU itself may hang before its guest gets to run.
      try await withTimeLimit(
        limit, clock: configuration.clock,
        late: { SandlotError(.deadlineExceeded, "It took longer than \(limit).") }
      ) {
        try await host.bootOnce(id: "engine-probe-\(getpid())")
      }
      return EngineVerdict(engine: .kvm, reason: "A guest booted on KVM.")
    } catch let error as SandlotError {
      let sentence = error.message.split(whereSeparator: \.isNewline).first ?? ""
      return EngineVerdict(
        engine: .tcg, reason: "A guest does not boot on this host's KVM. \(sentence)",
        remedy: "Machines run some ten times slower than on a host whose KVM works; "
          + "where this host is itself a virtual machine, look at its nested virtualization.")
    }
  }
}
