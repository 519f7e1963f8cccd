import Errors
import Foundation
import Machines
import SystemPackage
import Testing

extension VirtualMachineTests {
  /// What can be wrong with a host or a guest, on the real QEMU.
  @Suite(.tags(.vm), .serialized, .enabled(if: TestHost.isReady), .timeLimit(.minutes(5)))
  struct MachineHostTests {
    @Test func aKernelFileThatIsNoneIsRefused() async throws {
      try await TestHost.withConfiguration { original in
        var configuration = original
        configuration.guest.kernel = configuration.guest.initramfs
        try FileManager.default.createDirectory(
          atPath: configuration.runtimeDirectory.string, withIntermediateDirectories: true)
        let broken = configuration
        let error = await #expect(throws: SandlotError.self) {
          _ = try await MachineHost.open(broken)
        }
        #expect(error?.code == .failedPrecondition)
        #expect(error?.message.contains("is not a Linux kernel") == true)
      }
    }

    @Test func aGuestThatDoesNotBootIsShownByItsConsole() async throws {
      try await TestHost.withConfiguration { original in
        var configuration = original
        // The modules disk is no initramfs: the kernel finds no init and panics.
        configuration.guest.initramfs = configuration.guest.modulesDisk
        let host = try await MachineHost.open(configuration)
        let error = await #expect(throws: SandlotError.self) {
          _ = try await host.launch(TestHost.request("sb-panic"))
        }
        #expect(error?.code == .internal)
        #expect(error?.message.contains("Its console said last:") == true)
        #expect(error?.message.contains("Kernel panic") == true)
      }
    }

    @Test func aGuestThatHangsIsEnded() async throws {
      try await TestHost.withConfiguration { original in
        var configuration = original
        configuration.bootLimit = .milliseconds(300)
        let host = try await MachineHost.open(configuration)
        let error = await #expect(throws: SandlotError.self) {
          _ = try await host.launch(TestHost.request("sb-slow"))
        }
        #expect(error?.code == .internal && error?.message.contains("did not answer") == true)
      }
    }

    @Test func moreMemoryThanThereIsIsRefusedByItsName() async throws {
      try await TestHost.withConfiguration { configuration in
        let host = try await MachineHost.open(configuration)
        var request = try TestHost.request("sb-huge")
        request.memoryMiB = 512 << 20
        let huge = request
        let error = await #expect(throws: SandlotError.self) { _ = try await host.launch(huge) }
        #expect(error?.code == .resourceExhausted)
      }
    }

    @Test func whatAFormerServerLeftIsEnded() async throws {
      try await TestHost.withConfiguration { configuration in
        let former = try await MachineHost.open(configuration)
        let machine = try await former.launch(TestHost.request("sb-left"))
        let stale = configuration.runtimeDirectory.appending("sb-stale")
        try FileManager.default.createDirectory(
          atPath: stale.string, withIntermediateDirectories: false)
        try "1 1\n".write(
          toFile: stale.appending("qemu.pid").string, atomically: false, encoding: .utf8)
        let later = try await MachineHost.open(configuration)
        let found = await later.removeLeftovers()
        #expect(
          found == [
            MachineHost.Leftover(id: "sb-left", wasRunning: true),
            MachineHost.Leftover(id: "sb-stale", wasRunning: false),
          ])
        #expect(await later.removeLeftovers().isEmpty)
        #expect(await machine.waitUntilStopped() != .stopped)
      }
    }

    @Test func aNetworkNeedsSomeoneWhoGivesIt() async throws {
      try await TestHost.withConfiguration { configuration in
        let host = try await MachineHost.open(configuration)
        var request = try TestHost.request("sb-net")
        request.network = .outbound
        let wanting = request
        let error = await #expect(throws: SandlotError.self) { _ = try await host.launch(wanting) }
        #expect(error?.code == .failedPrecondition)
      }
    }

    @Test func kvmIsBelievedOnlyWhenAGuestBootsOnIt() async throws {
      try await TestHost.withConfiguration { original in
        var configuration = original
        // So that the device can be opened wherever it exists, and a boot decides.
        configuration.dropsPrivileges = false
        let cache = configuration.logDirectory.removingLastComponent().appending("engine.json")
        let probe = EngineProbe(configuration: configuration, cache: cache)
        let clock = ContinuousClock()
        let start = clock.now
        let verdict = try await probe.verdict()
        print("machine: probe took \(clock.now - start): \(verdict)")
        #expect(clock.now - start < .seconds(30))
        let again = clock.now
        #expect(try await probe.verdict() == verdict)
        #expect(clock.now - again < .seconds(3))
        #expect(try await probe.verdict(forced: .kvm).engine == .kvm)
        #expect(verdict.engine == .kvm || verdict.remedy != nil)
        if !FileManager.default.fileExists(atPath: configuration.runtimeDirectory.string) {
          try FileManager.default.createDirectory(
            atPath: configuration.runtimeDirectory.string, withIntermediateDirectories: true)
        }
      }
    }
  }
}
