import Errors
import Machines
import Testing

/// The probe where `/dev/kvm` can be opened and yet does not work, and where there is nothing to
/// probe with; the same on every host.
@Suite(.timeLimit(.minutes(1)))
struct EngineProbeTests {
  private func probe(_ qemu: borrowing ScriptedQEMU) -> EngineProbe {
    var probe = EngineProbe(
      configuration: qemu.configuration, cache: qemu.folder.path.appending("engine.json"))
    probe.limit = .seconds(2)
    probe.examineDevice = { _ in KVMDevice() }
    return probe
  }

  @Test func aKVMThatHangsCostsItsTimeLimitOnce() async throws {
    let qemu = try ScriptedQEMU(run: "kill -STOP $$")
    let probe = probe(qemu)
    let clock = ContinuousClock()
    let start = clock.now
    let verdict = try await probe.verdict()
    // Far below the limits of a boot and of QEMU's greeting, which must not count here.
    #expect(clock.now - start < .seconds(10))
    #expect(verdict.engine == .tcg)
    #expect(verdict.reason.hasSuffix("It took longer than 2.0 seconds."))
    #expect(verdict.remedy != nil)
    let isLeft = qemu.isRunning
    #expect(!isLeft)
    #expect(try qemu.folder.names(in: "run").isEmpty)
    #expect(try await probe.verdict() == verdict)
    #expect(qemu.starts == 1)
  }

  @Test func aKVMThatKillsQEMUIsNotUsed() async throws {
    let qemu = try ScriptedQEMU(run: "echo 'kvm_buf_set_msrs: Assertion failed' >&2; exit 3")
    let verdict = try await probe(qemu).verdict()
    #expect(verdict.engine == .tcg)
    #expect(verdict.reason.contains("kvm_buf_set_msrs: Assertion failed"))
    let isLeft = qemu.isRunning
    #expect(!isLeft)
  }

  @Test func anotherKernelIsProbedAnew() async throws {
    let qemu = try ScriptedQEMU(run: "exit 1")
    _ = try await probe(qemu).verdict()
    let kernel = PreparationKernelFixture.bzImage(payload: [1, 2, 3])
    try qemu.folder.write(kernel, to: "guest/kernel")
    _ = try await probe(qemu).verdict()
    #expect(qemu.starts == 2)
  }

  @Test func withoutADeviceNothingIsStarted() async throws {
    let qemu = try ScriptedQEMU(run: "exit 1")
    var probe = probe(qemu)
    probe.examineDevice = { _ in KVMDevice(obstacle: "It is gone.", remedy: "Bring it back.") }
    let expected = EngineVerdict(engine: .tcg, reason: "It is gone.", remedy: "Bring it back.")
    #expect(try await probe.verdict() == expected)
    #expect(qemu.starts == 0)
  }

  @Test func theOperatorsChoiceNeedsNoProbe() async throws {
    let qemu = try ScriptedQEMU(run: "exit 1")
    for engine in MachineEngine.allCases {
      #expect(try await probe(qemu).verdict(forced: engine).engine == engine)
    }
    #expect(qemu.starts == 0)
  }

  @Test func withoutQEMUThereIsNoVerdict() async throws {
    let qemu = try ScriptedQEMU(run: "exit 1")
    var probe = probe(qemu)
    probe.configuration.qemu = "/nonexistent/qemu-system-x86_64"
    let missing = probe
    let error = await #expect(throws: SandlotError.self) { try await missing.verdict() }
    #expect(error?.code == .failedPrecondition)
    #expect(error?.hint == "Run: apt-get install qemu-system-x86")
  }
}
