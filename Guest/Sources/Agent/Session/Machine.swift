import GuestProtocol

/// What the agent does to the machine it runs in; tests put another in its place.
public protocol Machine: AnyObject {
  /// The kernel's release as `uname` has it.
  var kernelRelease: String { get }
  /// Whether processes can be started: a root is mounted.
  var isReady: Bool { get }
  /// A descriptor of a proc file system that no process can unmount, or -1.
  var procDescriptor: Int32 { get }
  /// A descriptor of the kernel's log (`/dev/kmsg`) that does not wait, or -1.
  var kernelLogDescriptor: Int32 { get }
  /// Opens the master of a new pseudo-terminal of the root.
  func openTerminal() throws(GuestFailure) -> Int32
  /// Makes the control groups of a machine whose process 1 will be another, and moves this process.
  func makeRoomForInit() throws(GuestFailure) -> ControlGroups
  /// See `Request.configure`.
  func configure(_ identity: Identity) throws(GuestFailure)
  /// See `Request.mountRoot`.
  func mountRoot(_ root: RootFilesystem) throws(GuestFailure)
  /// Flushes the root file system and stops writes to it.
  func freeze() throws(GuestFailure)
  /// Lets writes to the root file system go on.
  func thaw() throws(GuestFailure)
  /// See `Request.readMemory`.
  func memory() throws(GuestFailure) -> (total: UInt64, available: UInt64)
  /// See `Request.prepare`.
  func prepare(modulesDevice: String) throws(GuestFailure)
  /// See `Request.rehearse`.
  func rehearse(device: String, _ identity: Identity) throws(GuestFailure)
  /// See `Request.endRehearsal`.
  func endRehearsal() throws(GuestFailure)
  /// See `Request.mountFiles`.
  func mountFiles(device: String, filesystem: String) throws(GuestFailure)
  /// See `Request.unmountFiles`.
  func unmountFiles() throws(GuestFailure)
  /// See `Request.deliverFiles`.
  func deliverFiles() throws(GuestFailure)
  /// Ends every process and the machine.
  func powerOff()
}
