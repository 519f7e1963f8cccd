import CLinux
import Glibc
import GuestProtocol

/// The sandbox's root file system, and the way there from the initramfs.
final class RootMount {
  private static let place = "/newroot"

  private let initramfs: Descriptor
  /// The root's directory, once it is `/`.
  private(set) var directory: Descriptor?
  /// The directory of the root's pseudo-terminals, once it is `/`.
  private(set) var terminals: Descriptor?

  var isMounted: Bool { directory != nil }

  init() throws(GuestFailure) { initramfs = try Descriptor.open("/", CLINUX_O_PATH | O_DIRECTORY) }

  /// Mounts the root, completes it and makes it `/`. On failure nothing of it stays mounted.
  func mount(
    _ filesystem: RootFilesystem, _ identity: Identity
  ) throws(GuestFailure) {
    try Mount(
      source: filesystem.device, type: "ext4", target: Self.place, options: "errors=remount-ro"
    ).perform()
    do throws(GuestFailure) {
      try enter(Self.place)
      try complete(filesystem, identity)
      let opened = try (
        Descriptor.open("/", O_RDONLY | O_DIRECTORY),
        Descriptor.open("/dev/pts", CLINUX_O_PATH | O_DIRECTORY)
      )
      try moveToTop()
      (directory, terminals) = (opened.0, opened.1)
    } catch {
      try leave()
      umount2(Self.place, Int32(MNT_DETACH))
      throw error
    }
  }

  /// Writes everything to the disk and stops writes, at the end.
  func stopWrites() {
    sync()
    guard isMounted else { return }
    Glibc.chdir("/")
    _ = CLinux.mount(nil, "/", nil, UInt(MS_REMOUNT | MS_RDONLY), nil)
    sync()
  }

  /// Everything after the mount runs inside the new root, so that the image's symbolic links lead
  /// where they lead later.
  private func complete(
    _ filesystem: RootFilesystem, _ identity: Identity
  ) throws(GuestFailure) {
    for mount in Mount.required { try mount.perform() }
    for mount in Mount.optional { mount.performIfPossible() }
    try Mount(
      source: filesystem.modulesDevice, type: "squashfs", target: "/lib/modules",
      flags: MS_RDONLY | MS_NOSUID | MS_NODEV
    ).perform()
    DeviceNodes.complete()
    try Directories.make("/run")
    try makeTemporaryDirectory()
    try AgentDirectory.mount()
    KernelSettings.apply()
    try HostFiles(identity).write()
    try Certificates(pem: filesystem.certificates).install()
  }

  private func makeTemporaryDirectory() throws(GuestFailure) {
    if mkdir("/tmp", 0o1777) == 0 {
      // The agent's umask has taken bits away.
      chmod("/tmp", 0o1777)
    } else if errno != EEXIST {
      throw .system(errno, "make the directory /tmp")
    }
  }

  // MARK: Moving

  private func enter(_ path: String) throws(GuestFailure) {
    try attempt("enter \(path)") { chdir(path) }
    try attempt("make \(path) the root") { chroot(".") }
  }

  private func leave() throws(GuestFailure) {
    try attempt("go back to the initramfs") { fchdir(initramfs.number) }
    try attempt("make the initramfs the root again") { chroot(".") }
  }

  /// A mere chroot would do for most programs, but not for those that make mount namespaces of
  /// their own, as container engines do.
  private func moveToTop() throws(GuestFailure) {
    try leave()
    try attempt("enter \(Self.place)") { chdir(Self.place) }
    try attempt("move the root to /") { CLinux.mount(".", "/", nil, UInt(MS_MOVE), nil) }
    try enter(".")
    // Mounts of the root are to spread into new mount namespaces, as systemd arranges it.
    _ = CLinux.mount(nil, "/", nil, UInt(MS_SHARED | MS_REC), nil)
    try attempt("enter /") { chdir("/") }
  }
}
