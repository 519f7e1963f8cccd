import Errors
import Foundation
import GuestProtocol
import Machines
import SystemPackage
import Testing

extension VirtualMachineTests {
  /// Machines as the layers above use them, on the real QEMU.
  @Suite(.tags(.vm), .serialized, .enabled(if: TestHost.isReady), .timeLimit(.minutes(5)))
  struct MachineTests {
    @Test func runsProcessesAndTellsHowTheyEnd() async throws {
      try await TestHost.withConfiguration { configuration in
        let host = try await MachineHost.open(configuration)
        let clock = ContinuousClock()
        let start = clock.now
        let machine = try await host.launch(TestHost.request("sb-run"))
        print("machine: launched after \(clock.now - start)")
        #expect(try await machine.shell("echo hi; echo oops >&2").output == "hi\noops\n")
        print("machine: first exec done after \(clock.now - start)")
        #expect(try await machine.shell("exit 7").status == .code(7))
        #expect(try await machine.shell("kill -9 $$").status == .signal(9))
        #expect(try await machine.shell("hostname").output == "test-host\n")
        let again = clock.now
        for _ in 0..<20 { _ = try await machine.spawn(.init(arguments: ["/bin/true"])).wait() }
        print("machine: exec of true takes \((clock.now - again) / 20)")
        try await refusals(machine)
        await machine.stop()
        await machine.stop()
        #expect(await machine.waitUntilStopped() == .stopped)
        await #expect(throws: SandlotError.self) { try await machine.shell("true") }
      }
    }

    private func refusals(_ machine: any Machine) async throws {
      let missing = await #expect(throws: SandlotError.self) {
        _ = try await machine.spawn(MachineCommand(arguments: ["/no/such"]))
      }
      #expect(missing?.code == .invalidArgument && missing?.message.contains("/no/such") == true)
      var nowhere = MachineCommand(arguments: ["/bin/true"])
      nowhere.workingDirectory = "/not/here"
      let command = nowhere
      let error = await #expect(throws: SandlotError.self) { _ = try await machine.spawn(command) }
      #expect(error?.code == .invalidArgument && error?.message.contains("/not/here") == true)
    }

    @Test func carriesLargeStreamsUnharmed() async throws {
      try await TestHost.withConfiguration { configuration in
        let host = try await MachineHost.open(configuration)
        let machine = try await host.launch(TestHost.request("sb-stream"))
        let size = 100 << 20
        let block = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 9) }
        let process = try await machine.spawn(MachineCommand(arguments: ["/bin/cat"]))
        let clock = ContinuousClock()
        let start = clock.now
        async let sent: Bool = {
          for _ in 0..<size / block.count { _ = try await process.write(block) }
          await process.closeStandardInput()
          return true
        }()
        var received = 0
        var isEqual = true
        for try await chunk in process.standardOutput {
          let offset = received % block.count
          let end = min(block.count, offset + chunk.count)
          isEqual =
            isEqual && chunk.prefix(end - offset).elementsEqual(block[offset..<end])
            && chunk.dropFirst(end - offset).elementsEqual(block.prefix(chunk.count - end + offset))
          received += chunk.count
        }
        #expect(try await sent && received == size && isEqual)
        #expect(try await process.wait() == .code(0))
        print("machine: 100 MiB through cat took \(clock.now - start)")
        let zeros = try await machine.spawn(
          MachineCommand(arguments: ["/usr/bin/head", "-c", "\(size)", "/dev/zero"]))
        let begin = clock.now
        received = 0
        for try await chunk in zeros.standardOutput { received += chunk.count }
        #expect(received == size)
        print("machine: 100 MiB of stdout took \(clock.now - begin)")
        await machine.stop()
      }
    }

    @Test func aSnapshotBecomesTheLayerOfAnotherMachine() async throws {
      try await TestHost.withConfiguration { configuration in
        let host = try await MachineHost.open(configuration)
        let first = try await host.launch(TestHost.request("sb-first"))
        var layers = [try #require(TestHost.base)]
        for turn in 1...2 {
          _ = try await first.shell("echo \(turn) > /turn-\(turn); cp /bin/cat /cat-\(turn)")
          let clock = ContinuousClock()
          let start = clock.now
          let frozen = try await first.snapshotDisk()
          print("machine: disk snapshot took \(clock.now - start)")
          let layer = configuration.runtimeDirectory.removingLastComponent()
            .appending("layer-\(turn).qcow2")
          try FileManager.default.moveItem(atPath: frozen.string, toPath: layer.string)
          layers.append(layer)
        }
        #expect(try await first.shell("echo later > /later; cat /turn-1").output == "1\n")
        let second = try await host.launch(TestHost.request("sb-second", layers: layers))
        let check = "cat /turn-1 /turn-2; cmp /bin/cat /cat-2; ls /later"
        let result = try await second.shell(check)
        #expect(result.output.hasPrefix("1\n2\n") && result.output.contains("cannot access"))
        await first.stop()
        await second.stop()
      }
    }

    @Test func aKilledQEMUIsAFailure() async throws {
      try await TestHost.withConfiguration { configuration in
        let host = try await MachineHost.open(configuration)
        let machine = try await host.launch(TestHost.request("sb-killed"))
        let process = try await machine.spawn(MachineCommand(arguments: ["/bin/sleep", "1000"]))
        let file = configuration.runtimeDirectory.appending("sb-killed").appending("qemu.pid")
        let record = try String(contentsOfFile: file.string, encoding: .utf8)
        kill(try #require(record.split(separator: " ").first.flatMap { pid_t($0) }), SIGKILL)
        await #expect(throws: SandlotError(.notFound, "sb-killed has ended.")) {
          _ = try await process.wait()
        }
        guard case .failed(let reason) = await machine.waitUntilStopped() else {
          Issue.record("it did not fail")
          return
        }
        #expect(reason.contains("signal 9"))
        let logs = configuration.logDirectory.appending("sb-killed.console.log")
        #expect(FileManager.default.fileExists(atPath: logs.string))
      }
    }

    @Test func aGuestMayEndItself() async throws {
      try await TestHost.withConfiguration { configuration in
        let host = try await MachineHost.open(configuration)
        for (key, end) in [
          ("o", "guestShutDown"), ("b", "guestRestarted"), ("c", "Kernel panic"),
        ] {
          let machine = try await host.launch(TestHost.request("sb-self-\(key)"))
          _ = try await machine.spawn(
            MachineCommand(arguments: ["/bin/sh", "-c", "echo \(key) > /proc/sysrq-trigger"]))
          let result = "\(await machine.waitUntilStopped())"
          #expect(result.contains(end))
        }
      }
    }

    @Test func aCancelledStartLeavesNothing() async throws {
      try await TestHost.withConfiguration { configuration in
        let host = try await MachineHost.open(configuration)
        let directory = configuration.runtimeDirectory.appending("sb-cancelled")
        let launch = Task { try await host.launch(TestHost.request("sb-cancelled")) }
        let pidFile = directory.appending("qemu.pid").string
        while !FileManager.default.fileExists(atPath: pidFile) { await Task.yield() }
        launch.cancel()
        await #expect(throws: (any Error).self) { _ = try await launch.value }
        #expect(!FileManager.default.fileExists(atPath: directory.string))
      }
    }
  }
}
