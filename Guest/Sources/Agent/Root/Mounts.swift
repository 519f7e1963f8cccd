import CLinux
import Glibc
import GuestProtocol

/// One file system to mount.
package struct Mount {
  let source: String
  let type: String
  package let target: String
  var flags: Int = 0
  var options = ""

  /// Makes the mount point where it is missing, and mounts.
  func perform() throws(GuestFailure) {
    try Directories.make(target)
    try attempt("mount \(source) (\(type)) at \(target)") {
      mount(source, target, type, UInt(flags), options)
    }
  }

  /// As `perform`, for a file system that a kernel may lack.
  func performIfPossible() {
    var status = stat()
    guard stat(target, &status) == 0 || mkdir(target, 0o755) == 0 else { return }
    _ = mount(source, target, type, UInt(flags), options)
  }
}

extension Mount {
  private static let closed = MS_NOSUID | MS_NODEV | MS_NOEXEC

  /// What every machine needs below the `/proc`, `/sys` and `/dev` that are there from the first
  /// moment, in order. `/run` is the image's own, as in a container: images make their services'
  /// directories there.
  package static let required = [
    Mount(
      source: "devpts", type: "devpts", target: "/dev/pts", flags: MS_NOSUID | MS_NOEXEC,
      options: "gid=5,mode=620,ptmxmode=666"),
    Mount(
      source: "tmpfs", type: "tmpfs", target: "/dev/shm", flags: MS_NOSUID | MS_NODEV,
      options: "mode=1777"),
    Mount(
      source: "cgroup2", type: "cgroup2", target: "/sys/fs/cgroup", flags: closed,
      options: "nsdelegate"),
  ]

  /// What a kernel may have.
  package static let optional = [
    Mount(source: "mqueue", type: "mqueue", target: "/dev/mqueue", flags: closed),
    Mount(source: "hugetlbfs", type: "hugetlbfs", target: "/dev/hugepages", flags: MS_NOSUID),
    Mount(source: "bpf", type: "bpf", target: "/sys/fs/bpf", flags: closed, options: "mode=700"),
    Mount(source: "debugfs", type: "debugfs", target: "/sys/kernel/debug", flags: closed),
    Mount(source: "tracefs", type: "tracefs", target: "/sys/kernel/tracing", flags: closed),
    Mount(source: "securityfs", type: "securityfs", target: "/sys/kernel/security", flags: closed),
  ]
}
