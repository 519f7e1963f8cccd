/// What `sandlot doctor` says of this host's control groups.
public enum CgroupCheck {
  /// Whether each machine can have a group of its own, and be held to its claim on the processors.
  public static func run() async -> HostFinding {
    let subject = "cgroups"
    guard let hierarchy = CgroupHierarchy.ofHost() else {
      return HostFinding(
        subject, .warning,
        "none with the cpu controller: CPU requests are not guaranteed, CPU limits are refused",
        remedy: "mount cgroup v2 at /sys/fs/cgroup, or v1's cpu controller at /sys/fs/cgroup/cpu")
    }
    guard let group = Cgroup.make(instance: "doctor", id: "check", in: hierarchy) else {
      return HostFinding(
        subject, .warning,
        "\(hierarchy.version.rawValue), in which none can be made: CPU requests are not guaranteed, "
          + "CPU limits are refused",
        remedy: "run sandlot as root, and not in a container that has its cgroups read-only")
    }
    let hasWeights = group.setWeight(500)
    let hasQuotas = group.setQuota(500)
    await group.remove()
    let missing = (hasWeights ? [] : ["weights"]) + (hasQuotas ? [] : ["quotas"])
    guard missing.isEmpty else {
      return HostFinding(
        subject, .warning,
        "\(hierarchy.version.rawValue), without \(missing.joined(separator: " and ")): CPU "
          + (hasWeights ? "limits are refused" : "requests are not guaranteed"),
        remedy: "use a kernel with CONFIG_FAIR_GROUP_SCHED and CONFIG_CFS_BANDWIDTH")
    }
    return HostFinding(
      subject, .ok,
      "\(hierarchy.version.rawValue): each machine gets its own, with weight and quota")
  }
}
