import Glibc
import SystemPackage

extension Cgroup {
  /// Sets what the group's processes get when processors are short: `guaranteed` thousandths of a
  /// logical processor, in proportion to the other machines' where those are not enough for all.
  /// Returns whether the kernel took it.
  package func setWeight(_ guaranteed: Int) -> Bool {
    hierarchy.setWeight(guaranteed, of: processorDirectory)
  }

  /// Sets what the group's processes together never get more of, in thousandths of a logical
  /// processor; nil lifts it. Returns whether the kernel took it.
  package func setQuota(_ limit: Int?) -> Bool {
    hierarchy.setQuota(limit, of: processorDirectory)
  }

  /// Gives QEMU's main thread, and those that it starts from then on, a group of their own with the
  /// weight of the machine's, or takes it back among its virtual CPUs.
  ///
  /// The main thread sleeps and wakes hundreds of times a second, and each time the kernel weighs the
  /// group anew: on several contended processors the virtual CPUs do not get their share then (see
  /// docs/lessons.md). In version 2 a thread cannot leave its process's group. A quota counts for one
  /// group, so a machine with a limit keeps its main thread. A best effort.
  package func setMainThreadApart(_ isApart: Bool, of pid: pid_t, guaranteed: Int) {
    guard let apart = mainThreadDirectory else { return }
    let home = isApart ? apart : processorDirectory
    if isApart {
      guard mkdir(apart.string, 0o755) == 0 || errno == EEXIST else { return }
      _ = hierarchy.setWeight(guaranteed, of: apart)
    }
    // A process's main thread has the process's number.
    _ = CgroupHierarchy.write("\(pid)", to: home.appending("tasks"))
  }
}

extension CgroupHierarchy {
  private static let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))

  /// Has a group that holds machines weigh as much as all of the host's processors.
  ///
  /// What a machine is guaranteed it must also get beside the host's other load. The kernel weighs
  /// a group against the processes and groups next to it; with the default weight all machines
  /// together would be worth one busy process, or one slice of systemd's. With this one they get
  /// at least half of a host on which one other process wants each processor.
  func weighAsHost(_ directory: FilePath) {
    // Where this fails, so do the machines' own weights, which is told.
    switch version {
    case .v1: _ = setShares(1024 * Self.processors, of: directory)
    case .v2: _ = setRelativeWeight(100 * Self.processors, of: directory)
    }
  }

  /// Among machines only the proportion of their weights counts. Version 1 has room for 1024
  /// shares for each processor, as is the custom; version 2 has weights up to 10,000, which are
  /// spread over the whole host, so that small claims keep their proportion.
  func setWeight(
    _ guaranteed: Int, of directory: FilePath, processors: Int = CgroupHierarchy.processors
  ) -> Bool {
    switch version {
    case .v1: setShares(guaranteed * 1024 / 1000, of: directory)
    case .v2: setRelativeWeight((guaranteed * 10 + processors / 2) / processors, of: directory)
    }
  }

  /// A quota is microseconds of each period. The kernel takes no quota below a millisecond and no
  /// period above a second: hence the long period for the smallest limits.
  func setQuota(_ limit: Int?, of directory: FilePath) -> Bool {
    let period = limit.map { $0 < 10 } == true ? 1_000_000 : 100_000
    let quota = limit.map { max(1000, $0 * period / 1000) }
    switch version {
    case .v1:
      return Self.write("\(period)", to: directory.appending("cpu.cfs_period_us"))
        && Self.write("\(quota ?? -1)", to: directory.appending("cpu.cfs_quota_us"))
    case .v2:
      let most = quota.map(String.init) ?? "max"
      return Self.write("\(most) \(period)", to: directory.appending("cpu.max"))
    }
  }

  /// What the kernel takes: 2 to 262,144.
  private func setShares(_ shares: Int, of directory: FilePath) -> Bool {
    Self.write("\(min(262_144, max(2, shares)))", to: directory.appending("cpu.shares"))
  }

  /// What the kernel takes: 1 to 10,000.
  private func setRelativeWeight(_ weight: Int, of directory: FilePath) -> Bool {
    Self.write("\(min(10_000, max(1, weight)))", to: directory.appending("cpu.weight"))
  }
}
