import Errors
import Foundation
import Machines
import Testing

extension VirtualMachineTests {
  /// The claim of a machine on the host's processors, on the real QEMU and the host's own cgroups.
  @Suite(.tags(.vm), .serialized, .enabled(if: TestHost.isReady), .timeLimit(.minutes(5)))
  struct MachineProcessorTests {
    /// Both virtual CPUs at work for five seconds.
    private static let busy =
      "for i in 1 2; do timeout 5 sh -c 'while :; do :; done' & done; wait"

    @Test(.enabled(if: CgroupHierarchy.ofHost() != nil))
    func aMachineGetsNoMoreThanItsLimit() async throws {
      try await TestHost.withConfiguration { configuration in
        let host = try await MachineHost.open(configuration)
        var request = try TestHost.request("sb-limited", cpus: 2)
        request.processorShare = .init(guaranteed: 250, limit: 500)
        let machine = try await host.launch(request)
        let before = machine.processorSeconds
        let clock = ContinuousClock()
        let elapsed = try await clock.measure { _ = try await machine.shell(Self.busy) }
        let used = machine.processorSeconds - before
        let processors = used / (elapsed / .seconds(1))
        // The period that has begun may be spent in full, so that a short window sees a bit more.
        #expect(processors < 0.55)
        #expect(processors > 0.25, "its guarantee")
        await machine.stop()
      }
    }

    @Test func withoutCgroupsALimitIsRefusedAndTheRestRuns() async throws {
      try await TestHost.withConfiguration { original in
        var configuration = original
        configuration.cgroups = nil
        let host = try await MachineHost.open(configuration)
        var request = try TestHost.request("sb-limited")
        request.processorShare = .init(guaranteed: 500, limit: 1500)
        let limited = request
        let error = await #expect(throws: SandlotError.self) { _ = try await host.launch(limited) }
        #expect(error?.code == .failedPrecondition)
        #expect(error?.message.contains("CPU limit of 1.5 logical processors") == true)
        #expect(error?.hint?.contains("sandlot doctor") == true)
        request.processorShare.limit = nil
        let machine = try await host.launch(request)
        #expect(try await machine.shell("true").status == .code(0))
        await machine.stop()
      }
    }
  }
}
