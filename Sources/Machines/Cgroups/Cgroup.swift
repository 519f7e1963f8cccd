import Glibc
import SystemPackage

/// The control group of one machine: `sandlot/<instance>/<id>` below the roots of the host's
/// hierarchy or hierarchies.
///
/// Its memory has no limit of its own: a machine's disk cache on the host and its translated code
/// count beside its guest's memory and have no bound that one could name, and a limit that is too
/// low kills a guest that does nothing wrong. That memory is not promised twice is the
/// `MemoryLedger`'s task.
package struct Cgroup: Sendable {
  let hierarchy: CgroupHierarchy
  private let instance: String
  private let id: String

  /// The group as it was made before, perhaps by another server; nil where the host has none.
  package static func existing(
    instance: String, id: String, in hierarchy: CgroupHierarchy?
  ) -> Cgroup? {
    hierarchy.map { Cgroup(hierarchy: $0, instance: instance, id: id) }
  }

  /// Makes the group; nil where the host has no cgroups that this server may write to.
  package static func make(
    instance: String, id: String, in hierarchy: CgroupHierarchy?
  ) -> Cgroup? {
    guard let group = existing(instance: instance, id: id, in: hierarchy) else { return nil }
    let isMade = group.hierarchy.roots.allSatisfy { root in
      // Another machine's end may remove the empty parents in between: hence again.
      (0..<3).contains { _ in group.hierarchy.makeGroup(group.names, below: root) }
    }
    guard isMade else {
      group.removeNow()
      return nil
    }
    return group
  }

  private var names: [String] { ["sandlot", instance, id] }

  /// The group's directories: one in version 2, one per hierarchy in version 1.
  private var directories: [FilePath] {
    hierarchy.roots.map { CgroupHierarchy.directory(names, below: $0) }
  }

  /// The directory with the files of the processor controller.
  var processorDirectory: FilePath {
    CgroupHierarchy.directory(names, below: hierarchy.processorRoot)
  }

  /// In version 1, the group of a machine's main thread, beside its own; see `setMainThreadApart`.
  var mainThreadDirectory: FilePath? {
    guard hierarchy.version == .v1 else { return nil }
    return CgroupHierarchy.directory(
      ["sandlot", instance, id + ".main"], below: hierarchy.processorRoot)
  }

  /// Moves a process into the group; returns whether that worked in all hierarchies.
  package func add(_ pid: pid_t) -> Bool {
    directories.allSatisfy { CgroupHierarchy.write("\(pid)", to: $0.appending("cgroup.procs")) }
  }

  /// Whether the group's claim on the processors is this process's.
  package func contains(_ pid: pid_t) -> Bool {
    let members = try? HostFiles.text(at: processorDirectory.appending("cgroup.procs"))
    return members?.split(separator: "\n").contains { $0 == "\(pid)" } == true
  }

  /// Removes the group and the empty groups above it; the processes in it must have ended.
  package func remove() async {
    for _ in 0..<50 where !removeNow() {
      // A process counts until the kernel has let go of it, shortly after it was reaped.
      try? await Task.sleep(for: .milliseconds(10))
    }
  }

  @discardableResult
  private func removeNow() -> Bool {
    var isGone = true
    for directory in directories + [mainThreadDirectory].compactMap({ $0 }) {
      guard rmdir(directory.string) == 0 || errno == ENOENT else {
        isGone = false
        continue
      }
      let instance = directory.removingLastComponent()
      if rmdir(instance.string) == 0 { rmdir(instance.removingLastComponent().string) }
    }
    return isGone
  }
}
