import Glibc

/// Settings that an ordinary cloud machine's boot makes.
enum KernelSettings {
  private static let values = [
    ("/proc/sys/kernel/modprobe", AgentDirectory.moduleLoader),
    ("/proc/sys/kernel/core_pattern", "core"),
    ("/proc/sys/kernel/pid_max", "4194304"),
    ("/proc/sys/net/ipv4/ping_group_range", "0 2147483647"),
    ("/proc/sys/fs/inotify/max_user_watches", "1048576"),
    ("/proc/sys/fs/inotify/max_user_instances", "8192"),
    ("/proc/sys/fs/protected_symlinks", "1"),
    ("/proc/sys/fs/protected_hardlinks", "1"),
    ("/proc/sys/vm/max_map_count", "262144"),
  ]

  /// Applies what the kernel knows; it may lack some.
  static func apply() {
    for (path, value) in values { try? SmallFile.set(path, to: value) }
    let cgroup = "/sys/fs/cgroup/cgroup."
    let controllers = SmallFile.readLine(cgroup + "controllers") ?? ""
    for controller in controllers.split(separator: " ") {
      try? SmallFile.set(cgroup + "subtree_control", to: "+\(controller)")
    }
  }
}
