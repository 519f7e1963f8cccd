import Errors
import SystemPackage

/// A running virtual machine whose root is mounted.
public protocol Machine: Sendable {
  /// The request's id.
  var id: String { get }

  /// Starts a process in the machine's root.
  ///
  /// Throws `SandlotError`: `invalidArgument` for what the caller got wrong (missing program or
  /// working directory, unknown user, too many arguments), `notFound` where the machine has ended.
  func spawn(_ command: MachineCommand) async throws -> any MachineProcess

  /// Freezes what the machine has written since it started, or since the last call, into a layer
  /// of its own while the machine goes on.
  ///
  /// Returns the new layer's file, complete on disk, which from now on belongs to the caller: it
  /// may be renamed within its file system and must not be changed while the machine runs.
  func snapshotDisk() async throws -> FilePath

  /// Mounts a disk of files at `FilesDisk.directory`, in place of the one before; nil mounts none.
  ///
  /// Throws `SandlotError.failedPrecondition` where something in the guest still uses the one before.
  func mountFiles(_ disk: FilesDisk?) async throws

  /// Ends the machine at once and removes everything it had: process, files, tap, cgroup.
  /// Idempotent; returns when all of it is gone.
  func stop() async

  /// Waits until the machine has ended, whoever ended it, and says how.
  func waitUntilStopped() async -> MachineEnd

  /// Whether somebody in the guest accepts connections to a TCP port of its loopback, 127.0.0.1.
  func acceptsConnections(port: Int) async throws -> Bool

  /// How it was started, stage by stage.
  var launch: LaunchTrace { get }

  /// The processor time of its QEMU since `launch` returned it, in seconds of a logical processor:
  /// the guest's work, and what emulating or virtualizing it cost.
  ///
  /// It never goes down, and says after the machine's end what it had used by then. Cheap enough to
  /// be asked every second.
  var processorSeconds: Double { get }

  /// The host's memory that only this machine holds, in bytes; nil once it has ended. Cheap.
  var hostMemoryBytes: Int64? { get }

  /// The memory that the guest's processes and kernel occupy, as `free` inside shows it, in bytes;
  /// nil where the guest does not say within two seconds: it has ended, or does not answer.
  ///
  /// It wakes an idle guest, so it is not to be asked every second.
  func guestMemoryBytes() async -> Int64?
}

/// How a machine ended.
public enum MachineEnd: Sendable, Equatable {
  /// `stop()` ended it.
  case stopped
  /// The guest powered itself off.
  case guestShutDown
  /// The guest asked for a restart, which a machine answers by ending.
  case guestRestarted
  /// QEMU, the kernel or the agent died; the text is for the sandbox's result.
  case failed(String)
}
