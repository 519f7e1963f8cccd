import Glibc
import GuestProtocol

/// The control groups of a machine whose process 1 is not the agent.
///
/// An init system takes all processes of the root group for its own and moves them. The agent and what the
/// host starts are in groups of their own, apart from each other: who limits or kills a group of processes
/// does not mean the agent.
public struct ControlGroups {
  private static let root = "/sys/fs/cgroup"
  private static let agent = root + "/sandlot/agent"
  private static let started = root + "/sandlot/exec"

  /// The `cgroup.procs` of the root group.
  let root: Descriptor
  /// The `cgroup.procs` of the group of what the host starts.
  let started: Descriptor

  /// Makes the groups and moves this process into its own.
  init() throws(GuestFailure) {
    for path in [Self.agent, Self.started] { try Directories.make(path) }
    root = try Descriptor.open(Self.root + "/cgroup.procs", O_WRONLY)
    started = try Descriptor.open(Self.started + "/cgroup.procs", O_WRONLY)
    try SmallFile.set(Self.agent + "/cgroup.procs", to: "0")
  }
}
