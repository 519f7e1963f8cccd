import Glibc
import SystemPackage

/// The control group of one machine: `sandlot/<instance>/<id>` below the host's root group, in the
/// unified hierarchy (v2) or, where that has no controllers, in each of v1's.
struct Cgroup: Sendable {
  /// The group's directories: one in v2, one per hierarchy in v1.
  let directories: [FilePath]

  private static let root: FilePath = "/sys/fs/cgroup"
  private static let controllers = ["cpu", "memory", "pids"]

  /// Makes the group; nil where the host has no cgroups that this server may write to.
  static func make(instance: String, id: String) -> Cgroup? {
    let parents = hierarchies()
    let directories = parents.compactMap { parent -> FilePath? in
      let path = parent.appending("sandlot").appending(instance).appending(id)
      // Another machine's end may remove the empty parents in between: hence again.
      for _ in 0..<3 where makeGroup(path, below: parent) { return path }
      return nil
    }
    guard !directories.isEmpty, directories.count == parents.count else {
      Cgroup(directories: directories).removeNow()
      return nil
    }
    return Cgroup(directories: directories)
  }

  /// The group as it was made before, perhaps by another server.
  static func existing(instance: String, id: String) -> Cgroup {
    Cgroup(
      directories: hierarchies().map {
        $0.appending("sandlot").appending(instance).appending(id)
      })
  }

  /// Moves a process into the group; returns whether that worked in all hierarchies.
  func add(_ pid: pid_t) -> Bool {
    directories.allSatisfy { Self.write("\(pid)", to: $0.appending("cgroup.procs")) }
  }

  /// Removes the group and the empty groups above it; the processes in it must have ended.
  func remove() async {
    for _ in 0..<50 where !removeNow() {
      // A process counts until the kernel has let go of it, shortly after it was reaped.
      try? await Task.sleep(for: .milliseconds(10))
    }
  }

  @discardableResult
  private func removeNow() -> Bool {
    var isGone = true
    for directory in directories {
      guard rmdir(directory.string) == 0 || errno == ENOENT else {
        isGone = false
        continue
      }
      let instance = directory.removingLastComponent()
      if rmdir(instance.string) == 0 { rmdir(instance.removingLastComponent().string) }
    }
    return isGone
  }

  /// The roots of the hierarchies that have the controllers; empty where there are none.
  private static func hierarchies() -> [FilePath] {
    if let text = try? HostFiles.text(at: root.appending("cgroup.controllers")) {
      let present = text.split(whereSeparator: \.isWhitespace).map(String.init)
      return controllers.allSatisfy(present.contains) ? [root] : []
    }
    return controllers.map { root.appending($0) }.filter {
      HostFiles.exists($0.appending("cgroup.procs"))
    }
  }

  private static func makeGroup(_ path: FilePath, below parent: FilePath) -> Bool {
    let isUnified = HostFiles.exists(parent.appending("cgroup.controllers"))
    var current = parent
    for component in path.components.dropFirst(parent.components.count) {
      if isUnified {
        let words = controllers.map { "+\($0)" }.joined(separator: " ")
        guard write(words, to: current.appending("cgroup.subtree_control")) else { return false }
      }
      current.append(component)
      guard mkdir(current.string, 0o755) == 0 || errno == EEXIST else { return false }
    }
    return true
  }

  /// Writes to a file of the kernel, which takes it with one call or refuses it.
  private static func write(_ text: String, to path: FilePath) -> Bool {
    guard let file = try? FileDescriptor.open(path, .writeOnly, options: .closeOnExec) else {
      return false
    }
    return (try? file.closeAfter { try file.writeAll(text.utf8) }) != nil
  }
}
