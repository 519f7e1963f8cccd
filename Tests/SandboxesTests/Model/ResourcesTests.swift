import Foundation
import Machines
import Sandboxes
import Testing

@Suite struct ResourcesTests {
  private func resources(
    _ request: Int64, _ limit: Int64, on host: HostResources
  ) -> SandboxResources {
    let specification = SandboxSpecification.sample {
      $0.milliCPU = request
      $0.milliCPULimit = limit
    }
    return SandboxResources(specification, limits: SandboxLimits(host: host))
  }

  /// Request and limit in thousandths of a core; virtual CPUs, guarantee and limit on a host with
  /// four cores of one thread.
  @Test(arguments: [
    (0, 0, 4, 125, nil), (125, 0, 4, 125, nil), (1000, 0, 4, 1000, nil), (4000, 0, 4, 4000, nil),
    (125, 250, 1, 125, 250), (500, 1000, 1, 500, 1000), (500, 1001, 2, 500, 1001),
    (0, 50, 1, 50, 50), (125, 3999, 4, 125, 3999), (125, 4000, 4, 125, nil),
  ])
  func aRequestIsAGuaranteeAndALimitASize(
    request: Int64, limit: Int64, virtualCPUs: Int, guaranteed: Int, most: Int?
  ) {
    let resources = resources(
      request, limit, on: HostResources(memoryMiB: 8192, processors: 4))
    #expect(resources.virtualCPUs == virtualCPUs)
    #expect(resources.processorShare == .init(guaranteed: guaranteed, limit: most))
    #expect(resources.memoryMiB == 1024)
  }

  @Test func aCoreIsAsManyProcessorsAsItHasThreads() {
    let host = HostResources(memoryMiB: 8192, processors: 8, physicalCores: 4)
    #expect(host.threadsPerCore == 2)
    let limited = resources(500, 1000, on: host)
    #expect(limited.virtualCPUs == 2)
    #expect(limited.processorShare == .init(guaranteed: 1000, limit: 2000))
    let all = resources(8000, 0, on: host)
    #expect(all.processorShare == .init(guaranteed: 8000, limit: nil))
  }

  @Test func neverMoreThanTheHostHas() {
    let one = HostResources(memoryMiB: 8192, processors: 1)
    #expect(resources(0, 0, on: one).virtualCPUs == 1)
    let many = HostResources(memoryMiB: 8192, processors: 512)
    #expect(resources(0, 0, on: many).virtualCPUs == MachineRequest.maximumVirtualCPUs)
  }

  @Test func coresThatDifferCountAsOneThread() {
    let host = HostResources(memoryMiB: 8192, processors: 24, physicalCores: 16)
    #expect(host.threadsPerCore == 1)
  }

  @Test func thisHostHasCoresAndMemory() {
    let host = HostResources.current()
    #expect(host.memoryMiB > 256)
    #expect((1...host.processors).contains(host.physicalCores))
  }

  @Test(arguments: ["core_cpus_list", "thread_siblings_list"])
  func coresAreCountedByTheirSiblings(file: String) throws {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent(
      "sandlot-cpu-\(UUID())")
    defer { try? FileManager.default.removeItem(at: root) }
    for (name, siblings) in [("cpu0", "0,2"), ("cpu1", "1,3"), ("cpu2", "0,2"), ("cpu3", "1,3")] {
      let topology = root.appendingPathComponent("\(name)/topology")
      try FileManager.default.createDirectory(at: topology, withIntermediateDirectories: true)
      try Data("\(siblings)\n".utf8).write(to: topology.appendingPathComponent(file))
    }
    for other in ["cpu4", "cpufreq", "cpuidle"] {
      try FileManager.default.createDirectory(
        at: root.appendingPathComponent(other), withIntermediateDirectories: true)
    }
    #expect(HostResources.physicalCores(at: root.path) == 2)
    #expect(HostResources.physicalCores(at: root.path + "/none") == nil)
  }
}
