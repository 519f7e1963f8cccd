import CLinux
import Glibc

/// What udev adds to a kernel's `/dev` on an ordinary system.
package enum DeviceNodes {
  /// A device whose driver the kernel loads when the device is first opened.
  package struct Node: Equatable {
    package let path: String
    package let isBlock: Bool
    package let major: UInt32
    package let minor: UInt32

    package init(path: String, isBlock: Bool, major: UInt32, minor: UInt32) {
      self.path = path
      self.isBlock = isBlock
      self.major = major
      self.minor = minor
    }
  }

  private static let links = [
    "/dev/fd": "/proc/self/fd", "/dev/stdin": "/proc/self/fd/0",
    "/dev/stdout": "/proc/self/fd/1", "/dev/stderr": "/proc/self/fd/2",
  ]

  /// Devices that everybody may open, as udev's rules have them.
  private static let open: Set = ["/dev/fuse", "/dev/net/tun"]

  /// Makes the links, and the nodes that the modules' list of devices names.
  static func complete() {
    for (path, target) in links { symlink(target, path) }
    let list = SmallFile.read("/lib/modules/\(KernelRelease.current)/modules.devname") ?? []
    for node in parse(String(decoding: list, as: UTF8.self)) { make(node) }
  }

  /// The nodes of a `modules.devname`: lines such as `loop loop-control c10:237`.
  package static func parse(_ list: String) -> [Node] {
    list.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: " ")
      guard fields.count == 3, let kind = fields[2].first, kind == "c" || kind == "b" else {
        return nil
      }
      let numbers = fields[2].dropFirst().split(separator: ":").compactMap { UInt32($0) }
      guard numbers.count == 2, !fields[1].contains("..") else { return nil }
      return Node(
        path: "/dev/\(fields[1])", isBlock: kind == "b", major: numbers[0], minor: numbers[1])
    }
  }

  private static func make(_ node: Node) {
    if let slash = node.path.lastIndex(of: "/") {
      try? Directories.make(String(node.path[..<slash]))
    }
    let mode: mode_t = open.contains(node.path) ? 0o666 : 0o600
    guard
      mknod(
        node.path, (node.isBlock ? S_IFBLK : S_IFCHR) | mode,
        clinux_makedev(node.major, node.minor)) == 0
    else { return }
    chmod(node.path, mode)
  }
}
