import Glibc
import Machines
import SystemPackage
import Testing

/// Directories with the kernel's file names, so that both versions can be tested on any host.
@Suite struct CgroupTests {
  private static let version2 = ["cgroup.subtree_control", "cgroup.procs", "cpu.weight", "cpu.max"]
  private static let version1 = [
    "cgroup.procs", "cpu.shares", "cpu.cfs_period_us", "cpu.cfs_quota_us",
  ]

  private static let groups = ["", "sandlot/", "sandlot/i/", "sandlot/i/sb-1/", "sandlot/i/sb-2/"]

  /// A hierarchy of version 2 in which the groups' files exist.
  private func makeVersion2(_ folder: borrowing PreparationFolder) throws {
    try folder.write("cpuset cpu io memory pids\n", to: "cgroup.controllers")
    for group in Self.groups {
      for file in Self.version2 { try folder.write("", to: group + file) }
    }
  }

  private func makeVersion1(_ folder: borrowing PreparationFolder) throws {
    for controller in ["cpu/", "memory/", "pids/"] {
      for group in Self.groups {
        for file in Self.version1 { try folder.write("", to: controller + group + file) }
      }
    }
  }

  private func text(_ name: String, in folder: borrowing PreparationFolder) throws -> String {
    String(decoding: try content(of: folder.path.appending(name)), as: UTF8.self)
  }

  @Test func version2HandsDownItsControllers() throws {
    let folder = try PreparationFolder()
    try makeVersion2(folder)
    let hierarchy = try #require(CgroupHierarchy.find(at: folder.path))
    #expect(hierarchy.version == .v2)
    let group = try #require(Cgroup.make(instance: "i", id: "sb-1", in: hierarchy))
    for parent in ["", "sandlot/", "sandlot/i/"] {
      #expect(try text(parent + "cgroup.subtree_control", in: folder) == "+cpu +memory +pids")
    }
    #expect(try text("sandlot/i/sb-1/cgroup.subtree_control", in: folder) == "")
    #expect(group.add(4711))
    #expect(try text("sandlot/i/sb-1/cgroup.procs", in: folder) == "4711")
    #expect(group.contains(4711) && !group.contains(471))
  }

  @Test func version1HasAGroupInEachHierarchy() throws {
    let folder = try PreparationFolder()
    try makeVersion1(folder)
    let hierarchy = try #require(CgroupHierarchy.find(at: folder.path))
    #expect(hierarchy.version == .v1)
    let group = try #require(Cgroup.make(instance: "i", id: "sb-1", in: hierarchy))
    #expect(group.add(4711))
    for controller in ["cpu", "memory", "pids"] {
      #expect(try text("\(controller)/sandlot/i/sb-1/cgroup.procs", in: folder) == "4711")
    }
  }

  @Test func withoutAProcessorControllerThereAreNone() throws {
    let folder = try PreparationFolder()
    #expect(CgroupHierarchy.find(at: folder.path) == nil)
    try folder.write("", to: "memory/cgroup.procs")
    #expect(CgroupHierarchy.find(at: folder.path) == nil)
    try folder.write("memory pids\n", to: "cgroup.controllers")
    #expect(CgroupHierarchy.find(at: folder.path) == nil)
    #expect(Cgroup.make(instance: "i", id: "sb-1", in: nil) == nil)
  }

  /// Down to the default request of an eighth of a core on a host with many.
  @Test(arguments: [3, 4, 8, 40, 200])
  func threeTimesTheRequestIsThreeTimesTheWeight(partOfTheHost: Int) throws {
    let request = 1000 * sysconf(Int32(_SC_NPROCESSORS_ONLN)) / partOfTheHost
    for (make, file) in [
      (makeVersion1, "cpu/sandlot/i/sb-%/cpu.shares"), (makeVersion2, "sandlot/i/sb-%/cpu.weight"),
    ] {
      let folder = try PreparationFolder()
      try make(folder)
      let hierarchy = try #require(CgroupHierarchy.find(at: folder.path))
      var weights: [Double] = []
      for (id, guaranteed) in [("1", request), ("2", 3 * request)] {
        let group = try #require(Cgroup.make(instance: "i", id: "sb-\(id)", in: hierarchy))
        #expect(group.setWeight(guaranteed))
        let name = file.replacing("%", with: id)
        weights.append(try #require(Double(try text(name, in: folder))))
      }
      #expect(abs(weights[1] / weights[0] - 3) < 0.03, "\(weights)")
    }
  }

  @Test(arguments: [
    (1000, "100000 100000"), (1500, "150000 100000"), (10, "1000 100000"), (9, "9000 1000000"),
    (1, "1000 1000000"), (nil, "max 100000"),
  ])
  func aQuotaIsTimeOfAPeriod(limit: Int?, expected: String) throws {
    let folder = try PreparationFolder()
    try makeVersion2(folder)
    let hierarchy = CgroupHierarchy.find(at: folder.path)
    let group = try #require(Cgroup.make(instance: "i", id: "sb-1", in: hierarchy))
    #expect(group.setQuota(limit))
    #expect(try text("sandlot/i/sb-1/cpu.max", in: folder) == expected)
  }

  @Test func version1WritesTheQuotaInTwoFiles() throws {
    let folder = try PreparationFolder()
    try makeVersion1(folder)
    let hierarchy = CgroupHierarchy.find(at: folder.path)
    let group = try #require(Cgroup.make(instance: "i", id: "sb-1", in: hierarchy))
    #expect(group.setQuota(500))
    #expect(try text("cpu/sandlot/i/sb-1/cpu.cfs_quota_us", in: folder) == "50000")
    #expect(try text("cpu/sandlot/i/sb-1/cpu.cfs_period_us", in: folder) == "100000")
    #expect(group.setQuota(nil))
    #expect(try text("cpu/sandlot/i/sb-1/cpu.cfs_quota_us", in: folder) == "-1")
  }

  @Test func whatTheKernelDoesNotHaveIsNotTakenForSet() throws {
    let folder = try PreparationFolder()
    try makeVersion2(folder)
    let hierarchy = CgroupHierarchy.find(at: folder.path)
    let group = try #require(Cgroup.make(instance: "i", id: "sb-1", in: hierarchy))
    for file in ["cpu.max", "cpu.weight"] {
      unlink(folder.path.appending("sandlot/i/sb-1/\(file)").string)
    }
    #expect(!group.setQuota(500) && !group.setWeight(500))
  }

  @Test func machinesTogetherWeighAsMuchAsTheHost() throws {
    let folder = try PreparationFolder()
    try makeVersion1(folder)
    let hierarchy = CgroupHierarchy.find(at: folder.path)
    _ = try #require(Cgroup.make(instance: "i", id: "sb-1", in: hierarchy))
    let shares = "\(1024 * sysconf(Int32(_SC_NPROCESSORS_ONLN)))"
    #expect(try text("cpu/sandlot/cpu.shares", in: folder) == shares)
    #expect(try text("cpu/sandlot/i/cpu.shares", in: folder) == shares)
    #expect(try text("cpu/sandlot/i/sb-1/cpu.shares", in: folder) == "")
  }
}
