import Foundation
import Machines
import SystemPackage
import Testing

extension VirtualMachineTests {
  /// Spare machines on the real QEMU.
  @Suite(.tags(.vm), .serialized, .enabled(if: TestHost.isReady), .timeLimit(.minutes(5)))
  struct WarmPoolTests {
    @Test func eachSpareIsHandedOutOnceAndReplaced() async throws {
      try await withPool(minimum: 3) { host, _ in
        try await Self.waitForSpares(3, of: host)
        // Five at once for three spares.
        let machines = try await withThrowingTaskGroup(of: (any Machine).self) { group in
          for number in 0..<5 {
            group.addTask { try await host.launch(TestHost.request("sb-\(number)")) }
          }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        let paths = machines.map(\.launch.path)
        #expect(paths.count { $0 == .warmPool } >= 3)
        #expect(!paths.contains(.coldBoot))
        var seen: Set<String> = []
        for machine in machines {
          let script =
            "cat /proc/sys/kernel/random/boot_id /etc/machine-id; echo \(machine.id) > /root/me"
          let output = try await machine.shell(script + "; cat /root/me").output
          #expect(output.hasSuffix("\(machine.id)\n"))
          seen.insert(String(output.prefix(70)))
        }
        #expect(seen.count == 5)
        for machine in machines { await machine.stop() }
        try await Self.waitForSpares(3, of: host)
      }
    }

    @Test func aSpareThatDiedIsNotHandedOut() async throws {
      try await withPool(minimum: 1) { host, configuration in
        try await Self.waitForSpares(1, of: host)
        let directory = configuration.runtimeDirectory
        let name = try #require(
          FileManager.default.contentsOfDirectory(atPath: directory.string)
            .first { $0.hasPrefix("spare-") })
        let record = try String(
          contentsOfFile: directory.appending(name).appending("qemu.pid").string, encoding: .utf8)
        kill(try #require(pid_t(record.split(separator: " ")[0])), SIGKILL)
        try await Task.sleep(for: .milliseconds(300))
        let machine = try await host.launch(TestHost.request("sb-1"))
        #expect(machine.launch.path == .restore)
        #expect(try await machine.shell("true").status == .code(0))
        await machine.stop()
      }
    }

    @Test func sparesCountAsMemoryAndYieldIt() async throws {
      let memory = MemoryLedger(budgetMiB: 1200)
      try await withPool(minimum: 2, memory: memory) { host, configuration in
        try await Self.waitForSpares(2, of: host)
        // 1024 of 1200 MiB are spares'; a sandbox of 1000 takes both.
        try memory.reserve(1000, for: "sb-large")
        let directory = configuration.runtimeDirectory.string
        for _ in 0..<100 {
          let names = try FileManager.default.contentsOfDirectory(atPath: directory)
          if !names.contains(where: { $0.hasPrefix("spare-") }) { break }
          try await Task.sleep(for: .milliseconds(50))
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: directory)
        #expect(!left.contains { $0.hasPrefix("spare-") })
        #expect(await host.spareCount == 0)
        memory.release("sb-large")
      }
    }

    private static func waitForSpares(_ count: Int, of host: MachineHost) async throws {
      for _ in 0..<600 where await host.spareCount < count {
        try await Task.sleep(for: .milliseconds(100))
      }
      #expect(await host.spareCount == count)
    }

    private func withPool(
      minimum: Int, memory: MemoryLedger = MemoryLedger(budgetMiB: 8192),
      _ body: (MachineHost, MachineHost.Configuration) async throws -> Void
    ) async throws {
      try await TestHost.withTemplates { original in
        var configuration = original
        configuration.memory = memory
        configuration.rehearsalImage = TestHost.base
        configuration.spares = SparePolicy(
          usual: try TestHost.request("usual"), minimum: minimum, maximum: minimum)
        let host = try await MachineHost.open(configuration)
        try await host.prepareTemplate()
        do {
          try await body(host, configuration)
        } catch {
          await host.close()
          throw error
        }
        await host.close()
      }
    }
  }
}
