import CLinux
import Glibc
import GuestProtocol

/// The sandbox's root file system, and the way there from the initramfs.
final class RootMount {
  private static let place = "/newroot"

  private let initramfs: Descriptor
  /// What the root gets besides its disk.
  let stage = Stage()
  /// The root's directory, once it is `/`.
  private(set) var directory: Descriptor?
  /// The directory of the root's pseudo-terminals, once it is `/`.
  private(set) var terminals: Descriptor?

  /// Whether a disk is mounted for a rehearsal.
  private(set) var isRehearsing = false

  var isMounted: Bool { directory != nil }

  init() throws(GuestFailure) { initramfs = try Descriptor.open("/", CLINUX_O_PATH | O_DIRECTORY) }

  /// Mounts the root, completes it and makes it `/`. A machine where this fails is of no use.
  func mount(
    _ filesystem: RootFilesystem, _ identity: Identity
  ) throws(GuestFailure) {
    try stage.prepare(modulesDevice: filesystem.modulesDevice)
    try occupy(filesystem.device, identity)
    try Certificates(pem: filesystem.certificates).install()
    let opened = try (
      Descriptor.open("/", O_RDONLY | O_DIRECTORY),
      Descriptor.open("/dev/pts", CLINUX_O_PATH | O_DIRECTORY)
    )
    try moveToTop()
    (directory, terminals) = (opened.0, opened.1)
  }

  /// Mounts a disk for a while; see `Request.rehearse`. A machine where this fails is of no use.
  func rehearse(device: String, _ identity: Identity) throws(GuestFailure) {
    try occupy(device, identity)
    isRehearsing = true
  }

  /// Leaves and unmounts the disk of a rehearsal.
  func endRehearsal() throws(GuestFailure) {
    isRehearsing = false
    let mounts = try stage.open()
    try leave()
    try Stage.move(mounts)
    try attempt("unmount \(Self.place)") { umount2(Self.place, 0) }
  }

  /// Mounts a disk, makes it this process's root and completes it.
  ///
  /// Once the process is in there, the image's symbolic links lead where they lead later.
  private func occupy(_ device: String, _ identity: Identity) throws(GuestFailure) {
    let mounts = try stage.open()
    let size = Ext4Size(device: device)
    try Self.disk(device).perform()
    try size?.grow(at: Self.place)
    try enter(Self.place)
    try Stage.move(mounts)
    try Self.complete(identity)
  }

  /// The options of Debian's and Ubuntu's cloud images. By `discard` the host gets back what removed
  /// files have taken, and layers do not hold it.
  private static func disk(_ device: String) -> Mount {
    Mount(source: device, type: "ext4", target: place, options: "discard,errors=remount-ro")
  }

  /// Writes everything to the disk and stops writes, at the end.
  func stopWrites() {
    sync()
    guard isMounted else { return }
    Glibc.chdir("/")
    _ = CLinux.mount(nil, "/", nil, UInt(MS_REMOUNT | MS_RDONLY), nil)
    sync()
  }

  /// Makes what an image may lack and writes who the machine is, in the root that the process is
  /// in.
  private static func complete(_ identity: Identity) throws(GuestFailure) {
    try Directories.make("/run")
    StaleFiles.remove(below: "/run")
    try makeTemporaryDirectory()
    try HostFiles(identity).write()
  }

  private static func makeTemporaryDirectory() throws(GuestFailure) {
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
