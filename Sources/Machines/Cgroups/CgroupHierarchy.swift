import Glibc
import SystemPackage

/// Where the control groups of a host are: in the one hierarchy of version 2 or, where that has no
/// processor controller, in those of version 1, one for each controller.
///
/// Source: the kernel's Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/.
package struct CgroupHierarchy: Sendable, Equatable {
  /// The interfaces of the kernel.
  package enum Version: String, Sendable {
    /// Each controller has a hierarchy of its own.
    case v1
    /// All controllers share one.
    case v2
  }

  /// Which interface it is.
  package let version: Version
  /// The roots of all hierarchies that machines get groups in.
  let roots: [FilePath]
  /// The root of the one with the processor controller.
  let processorRoot: FilePath
  /// The controllers there are of those that machines are put under.
  private let controllers: [String]

  private static let wanted = ["cpu", "memory", "pids"]

  /// The host's; nil where no hierarchy has a processor controller.
  package static func ofHost() -> CgroupHierarchy? { find(at: "/sys/fs/cgroup") }

  /// What is mounted at `mount`; nil where no hierarchy there has a processor controller.
  package static func find(at mount: FilePath) -> CgroupHierarchy? {
    if let text = try? HostFiles.text(at: mount.appending("cgroup.controllers")) {
      let present = text.split(whereSeparator: \.isWhitespace).map(String.init)
      guard present.contains("cpu") else { return nil }
      return CgroupHierarchy(
        version: .v2, roots: [mount], processorRoot: mount,
        controllers: wanted.filter(present.contains))
    }
    let present = wanted.filter {
      HostFiles.exists(mount.appending($0).appending("cgroup.procs"))
    }
    guard present.contains("cpu") else { return nil }
    return CgroupHierarchy(
      version: .v1, roots: present.map(mount.appending), processorRoot: mount.appending("cpu"),
      controllers: present)
  }

  static func directory(_ names: [String], below root: FilePath) -> FilePath {
    names.reduce(root) { $0.appending($1) }
  }

  /// Makes a group and those above it; false where that is not allowed, or one of them was removed
  /// at this moment.
  func makeGroup(_ names: [String], below root: FilePath) -> Bool {
    var current = root
    for (depth, name) in names.enumerated() {
      if version == .v2 {
        // Controllers are handed down one level at a time.
        let words = controllers.map { "+\($0)" }.joined(separator: " ")
        guard Self.write(words, to: current.appending("cgroup.subtree_control")) else {
          return false
        }
      }
      current.append(name)
      guard mkdir(current.string, 0o755) == 0 || errno == EEXIST else { return false }
      if root == processorRoot, depth < names.count - 1 { weighAsHost(current) }
    }
    return true
  }

  /// Writes to a file of the kernel, which takes it with one call or refuses it.
  static func write(_ text: String, to path: FilePath) -> Bool {
    guard let file = try? FileDescriptor.open(path, .writeOnly, options: [.truncate, .closeOnExec])
    else {
      return false
    }
    return (try? file.closeAfter { try file.writeAll(text.utf8) }) != nil
  }
}
