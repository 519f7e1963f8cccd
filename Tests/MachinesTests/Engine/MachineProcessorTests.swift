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

    /// What the virtual CPUs get would otherwise not follow the weights: see docs/lessons.md.
    @Test(.enabled(if: CgroupHierarchy.ofHost()?.version == .v1), arguments: [nil, 1500])
    func theMainThreadIsApartUnlessThereIsALimit(_ limit: Int?) async throws {
      try await TestHost.withConfiguration { configuration in
        let host = try await MachineHost.open(configuration)
        var request = try TestHost.request("sb-1", cpus: 2)
        request.processorShare = .init(guaranteed: 500, limit: limit)
        let machine = try await host.launch(request)
        let record = try String(
          contentsOfFile: configuration.runtimeDirectory.appending("sb-1/qemu.pid").string,
          encoding: .utf8)
        let pid = try #require(record.split(separator: " ").first.map(String.init))
        let groups = try Self.groups(ofThreadsOf: pid)
        #expect(groups[pid] == (limit == nil ? "sb-1.main" : "sb-1"))
        #expect(groups.values.count { $0 == "sb-1" } >= 2, "its virtual CPUs")
        let path = "/sys/fs/cgroup/cpu/sandlot/\(configuration.instance)"
        #expect(FileManager.default.fileExists(atPath: path))
        await machine.stop()
        #expect(!FileManager.default.fileExists(atPath: path))
      }
    }

    /// The last component of the processor group of each thread.
    private static func groups(ofThreadsOf pid: String) throws -> [String: String] {
      let tasks = "/proc/\(pid)/task"
      let threads = try FileManager.default.contentsOfDirectory(atPath: tasks)
      return Dictionary(
        uniqueKeysWithValues: try threads.map { thread in
          let text = try String(contentsOfFile: "\(tasks)/\(thread)/cgroup", encoding: .utf8)
          let line = text.split(separator: "\n").first {
            $0.split(separator: ":")[1].split(separator: ",").contains("cpu")
          }
          let name = try #require(line?.split(separator: "/").last)
          return (thread, String(name))
        })
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
