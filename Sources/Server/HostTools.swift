import Machines

/// The programs that a server runs besides QEMU.
enum HostTools {
  private static let needed: [(program: String, package: String)] = [
    ("qemu-img", "qemu-utils"), ("mmdebstrap", "mmdebstrap"), ("mke2fs", "e2fsprogs"),
    ("mksquashfs", "squashfs-tools"), ("bsdtar", "libarchive-tools"), ("depmod", "kmod"),
    ("lz4", "lz4"), ("setpriv", "util-linux"), ("skopeo", "skopeo"),
    ("qemu-storage-daemon", "qemu-system-common"), ("sqfstar", "squashfs-tools"),
  ]

  /// One finding for all that are there, and one for each that is missing.
  static func findings() -> [HostFinding] {
    let missing = needed.filter { Tool($0.program, package: $0.package).locate() == nil }
    guard !missing.isEmpty else {
      return [HostFinding("tools", .ok, needed.map(\.program).joined(separator: ", "))]
    }
    return missing.map {
      HostFinding(
        $0.program, .failure, "is not installed", remedy: "apt-get install \($0.package)")
    }
  }
}
