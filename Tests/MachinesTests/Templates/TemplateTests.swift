import Errors
import Foundation
import Logging
import Machines
import SystemPackage
import Testing

extension VirtualMachineTests {
  /// Restores on the real QEMU: where templates come from, and what makes one unusable.
  @Suite(.tags(.vm), .serialized, .enabled(if: TestHost.isReady), .timeLimit(.minutes(5)))
  struct TemplateTests {
    @Test func nobodyWaitsForATemplateAndTheNextOneIsRestored() async throws {
      try await TestHost.withTemplates { configuration in
        let first = try await MachineHost.open(configuration)
        let cold = try await first.launch(TestHost.request("sb-cold"))
        #expect(cold.launch.path == .coldBoot)
        await cold.stop()
        try await TestHost.waitForTemplate(in: configuration)
        let warm = try await first.launch(TestHost.request("sb-warm"))
        #expect(warm.launch.path == .restore)
        #expect(warm.launch.stages.map(\.name).contains("restore"))
        #expect(try await warm.shell("echo $((6 * 7)); mount | grep -c ' / '").output == "42\n1\n")
        #expect(
          try await warm.shell("/__modal/.bin/modprobe loop && ls /sys/module/loop").status
            == .code(0))
        await warm.stop()
        await first.close()
        // Another server finds it; a machine of another shape needs another.
        let second = try await MachineHost.open(configuration)
        let again = try await second.launch(TestHost.request("sb-again"))
        #expect(again.launch.path == .restore)
        await again.stop()
        let other = try await second.launch(TestHost.request("sb-other", cpus: 2))
        #expect(other.launch.path == .coldBoot)
        await other.stop()
        await second.close()
      }
    }

    @Test func aDamagedTemplateIsNeverUsedAndMadeAnew() async throws {
      try await TestHost.withTemplates { configuration in
        let memory = try await TestHost.makeTemplate(in: configuration).appending("memory")
        let file = try FileDescriptor.open(memory, .readWrite)
        // A byte of the kernel: QEMU would restore it without a word.
        _ = try file.closeAfter { try file.writeAll(toAbsoluteOffset: 20 << 20, [1, 2, 3]) }
        let host = try await MachineHost.open(configuration)
        let machine = try await host.launch(TestHost.request("sb-damaged"))
        #expect(machine.launch.path == .coldBoot)
        await machine.stop()
        try await TestHost.waitForTemplate(in: configuration)
        let next = try await host.launch(TestHost.request("sb-mended"))
        #expect(next.launch.path == .restore)
        await next.stop()
        // Also while a server runs that has checked it before.
        let again = try FileDescriptor.open(try TestHost.template(in: configuration), .readWrite)
        _ = try again.closeAfter { try again.writeAll(toAbsoluteOffset: 20 << 20, [4, 5, 6]) }
        let third = try await host.launch(TestHost.request("sb-changed"))
        #expect(third.launch.path == .coldBoot)
        await third.stop()
        await host.close()
      }
    }

    @Test func aStateThatDoesNotLoadIsRemovedAndTheMachineBoots() async throws {
      try await TestHost.withTemplates { configuration in
        let directory = try await TestHost.makeTemplate(in: configuration)
        let state = directory.appending("state")
        let bytes = try Data(contentsOf: URL(filePath: state.string)).prefix(100_000)
        try FileManager.default.setAttributes(
          [.posixPermissions: 0o600], ofItemAtPath: state.string)
        try bytes.write(to: URL(filePath: state.string))
        // With a checksum that fits, as a template of a QEMU that lies about its version would have.
        let description = directory.appending("template.json")
        var json = try #require(
          JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: description.string)))
            as? [String: Any])
        json["stateDigest"] = try TestHost.sha256(bytes)
        try JSONSerialization.data(withJSONObject: json).write(
          to: URL(filePath: description.string))
        let host = try await MachineHost.open(configuration)
        let machine = try await host.launch(TestHost.request("sb-stale"))
        #expect(machine.launch.path == .coldBoot)
        #expect(try await machine.shell("true").status == .code(0))
        await machine.stop()
        await host.close()
      }
    }

    @Test func aTemplateStaysWhereAMachineFailsBeforeItIsRestored() async throws {
      try await TestHost.withTemplates { configuration in
        let directory = try await TestHost.makeTemplate(in: configuration)
        let host = try await MachineHost.open(configuration)
        let run = configuration.runtimeDirectory.string
        // Nobody can make a directory where a file is, and that is an internal error.
        try FileManager.default.moveItem(atPath: run, toPath: run + ".away")
        try Data().write(to: URL(filePath: run))
        let error = await #expect(throws: SandlotError.self) {
          try await host.launch(TestHost.request("sb-early"))
        }
        #expect(error?.code == .internal)
        #expect(FileManager.default.fileExists(atPath: directory.appending("memory").string))
        try FileManager.default.removeItem(atPath: run)
        try FileManager.default.moveItem(atPath: run + ".away", toPath: run)
        let machine = try await host.launch(TestHost.request("sb-late"))
        #expect(machine.launch.path == .restore)
        await machine.stop()
        await host.close()
      }
    }

    @Test func clonesDoNotSeeEachOthersWrites() async throws {
      try await TestHost.withTemplates { configuration in
        let directory = try await TestHost.makeTemplate(in: configuration)
        let before = try TestHost.sha256(
          Data(contentsOf: URL(filePath: directory.appending("state").string)))
        let host = try await MachineHost.open(configuration)
        let left = try await host.launch(TestHost.request("sb-left"))
        let right = try await host.launch(TestHost.request("sb-right"))
        #expect(left.launch.path == .restore && right.launch.path == .restore)
        // Far more than the template's own memory, so that every page is somebody's copy.
        let fill =
          "head -c 200000000 /dev/urandom > /dev/shm/x; echo mine > /root/file; cat /root/file"
        #expect(try await left.shell(fill).output == "mine\n")
        #expect(
          try await right.shell("cat /root/file; ls /dev/shm | wc -l").output.contains("No such"))
        for machine in [left, right] { await machine.stop() }
        await host.close()
        let after = try TestHost.sha256(
          Data(contentsOf: URL(filePath: directory.appending("state").string)))
        #expect(before == after)
        let next = try await MachineHost.open(configuration)
        let machine = try await next.launch(TestHost.request("sb-next"))
        #expect(machine.launch.path == .restore)
        await machine.stop()
        await next.close()
      }
    }

    @Test func theLeastUsedGoWhenTheDiskBudgetIsSpent() async throws {
      try await TestHost.withTemplates { original in
        var configuration = original
        _ = try await TestHost.makeTemplate(in: configuration)
        // Room for one.
        configuration.templateBudgetBytes = 150 << 20
        let host = try await MachineHost.open(configuration)
        let machine = try await host.launch(TestHost.request("sb-wide", cpus: 2))
        await machine.stop()
        try await TestHost.waitForTemplate(in: configuration, prefix: "512m-2c")
        let directory = try #require(configuration.templateDirectory).string
        // The older one goes once the newer is in its place.
        var names: [String] = []
        for _ in 0..<100 {
          names = try FileManager.default.contentsOfDirectory(atPath: directory)
          if names.count == 1 { break }
          try await Task.sleep(for: .milliseconds(50))
        }
        #expect(names.count == 1 && names[0].hasPrefix("512m-2c"), "\(names)")
        await host.close()
      }
    }
  }
}
