import CLinux
import Glibc
import GuestProtocol

/// The virtual machine that the agent is process 1 of.
public final class GuestMachine: Machine {
  private let log: Log
  private let proc: Descriptor
  private let kernelLog: Descriptor?
  private let entropy: Entropy
  private let network: Network
  private let root: RootMount
  private var identity: Identity?

  /// The machine as it is at boot; /proc, /sys and /dev are mounted.
  public init(log: Log) throws(GuestFailure) {
    self.log = log
    // Descriptors that stay good whatever a user mounts over, or unmounts, later.
    proc = try Descriptor.open("/proc", CLINUX_O_PATH | O_DIRECTORY)
    // A kernel without it works as well, but for what the log tells.
    kernelLog = try? .open("/dev/kmsg", O_RDONLY | O_NONBLOCK)
    if let kernelLog { lseek(kernelLog.number, 0, SEEK_END) }
    entropy = try Entropy()
    network = try Network()
    root = try RootMount()
  }

  public var kernelRelease: String { KernelRelease.current }
  public var isReady: Bool { root.isMounted || root.isRehearsing }
  public var procDescriptor: Int32 { proc.number }
  public var kernelLogDescriptor: Int32 { kernelLog?.number ?? -1 }

  public func openTerminal() throws(GuestFailure) -> Int32 {
    guard let terminals = root.terminals else {
      throw GuestFailure(.invalidState, "no terminal can be opened before the root is mounted")
    }
    return try attempt("open a pseudo-terminal") {
      openat(terminals.number, "ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    }
  }

  public func makeRoomForInit() throws(GuestFailure) -> ControlGroups { try ControlGroups() }

  public func configure(_ identity: Identity) throws(GuestFailure) {
    try entropy.add(identity.entropy)
    try WallClock.set(by: identity.clock)
    try attempt("set the host name \(identity.hostname)") {
      sethostname(identity.hostname, identity.hostname.utf8.count)
    }
    if self.identity.map({ $0.network != identity.network }) ?? true {
      try network.configure(identity.network)
    }
    self.identity = identity
    if root.isMounted { try HostFiles(identity).write() }
  }

  public func mountRoot(_ filesystem: RootFilesystem) throws(GuestFailure) {
    guard let identity else {
      throw GuestFailure(.invalidState, "the root cannot be mounted before configure")
    }
    guard !isReady else {
      throw GuestFailure(.invalidState, "the root is mounted already")
    }
    try root.mount(filesystem, identity)
  }

  public func freeze() throws(GuestFailure) {
    let root = try mountedRoot()
    // Disks in files of the root first: what they hold must be in the files.
    BlockMounts.flush(proc)
    // Flushed before the freeze, the data need not be flushed while writers wait.
    clinux_syncfs(root.number)
    try attempt("freeze the root file system") { clinux_freeze(root.number) }
  }

  public func thaw() throws(GuestFailure) {
    let root = try mountedRoot()
    try attempt("thaw the root file system") { clinux_thaw(root.number) }
  }

  private func mountedRoot() throws(GuestFailure) -> Descriptor {
    guard let directory = root.directory else {
      throw GuestFailure(.invalidState, "the root is not mounted")
    }
    return directory
  }

  public func memory() throws(GuestFailure) -> (total: UInt64, available: UInt64) {
    try MemoryInformation.read(proc)
  }

  public func prepare(modulesDevice: String) throws(GuestFailure) {
    try root.stage.prepare(modulesDevice: modulesDevice)
    sync()
    // Clean pages and inodes, which would be part of every copy.
    try SmallFile.set("/proc/sys/vm/drop_caches", to: "3")
  }

  public func rehearse(device: String, _ identity: Identity) throws(GuestFailure) {
    guard !isReady else {
      throw GuestFailure(.invalidState, "a rehearsal comes before the root is mounted")
    }
    // First of all with fresh entropy: nothing that the kernel draws meanwhile is what other clones
    // draw.
    try configure(identity)
    try root.rehearse(device: device, identity)
  }

  public func endRehearsal() throws(GuestFailure) {
    guard root.isRehearsing else {
      throw GuestFailure(.invalidState, "there is no rehearsal to end")
    }
    try root.endRehearsal()
  }

  public func mountFiles(device: String, filesystem: String) throws(GuestFailure) {
    _ = try mountedRoot()
    try FilesMount.mount(device: device, filesystem: filesystem)
  }

  public func unmountFiles() throws(GuestFailure) { try FilesMount.unmount() }

  public func deliverFiles() throws(GuestFailure) {
    _ = try mountedRoot()
    try Delivery.perform()
  }

  public func powerOff() {
    PowerSwitch.killEveryProcess()
    root.stopWrites()
    clinux_power_off()
    // A machine that cannot switch itself off is told to stop by a restart: QEMU runs with
    // -no-reboot.
    log.error("cannot power off: \(errorText(errno))")
    clinux_restart()
  }
}
