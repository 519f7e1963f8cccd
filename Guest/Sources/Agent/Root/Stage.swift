import CLinux
import Glibc
import GuestProtocol

/// The file systems that every root gets besides its own disk, set up before there is a root: what
/// was done once in a template need not be done in its clones.
final class Stage {
  private static let modules = "/lib/modules"
  /// What moves into a root, with everything that is mounted below.
  private static let places = ["/proc", "/sys", "/dev", modules, AgentDirectory.path]

  private var isPrepared = false

  /// Mounts and settles everything that is the same in all machines. Idempotent.
  ///
  /// - Parameter modulesDevice: the block device with the squashfs of kernel modules.
  func prepare(modulesDevice: String) throws(GuestFailure) {
    guard !isPrepared else { return }
    for mount in Mount.required { try mount.perform() }
    for mount in Mount.optional { mount.performIfPossible() }
    try Mount(
      source: modulesDevice, type: "squashfs", target: Self.modules,
      flags: MS_RDONLY | MS_NOSUID | MS_NODEV
    ).perform()
    DeviceNodes.complete()
    try AgentDirectory.mount()
    KernelSettings.apply()
    isPrepared = true
  }

  /// The roots of its mounts, to be opened while their paths lead to them.
  func open() throws(GuestFailure) -> [Descriptor] {
    var roots: [Descriptor] = []
    for path in Self.places { roots.append(try .open(path, CLINUX_O_PATH | O_DIRECTORY)) }
    return roots
  }

  /// Moves the mounts, opened before, to the same places of the root that the process is in now.
  static func move(_ roots: [Descriptor]) throws(GuestFailure) {
    for (path, root) in zip(places, roots) {
      try Directories.make(path)
      try attempt("move \(path) into the root") { clinux_move_mount(root.number, path) }
    }
  }
}
