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

  /// Ends the machine at once and removes everything it had: process, files, tap, cgroup.
  /// Idempotent; returns when all of it is gone.
  func stop() async

  /// Waits until the machine has ended, whoever ended it, and says how.
  func waitUntilStopped() async -> MachineEnd

  /// How it was started, stage by stage.
  var launch: LaunchTrace { get }

  /// What it has used since it was launched; after its end, what it had used by then.
  func usage() async -> MachineUsage
}

/// How a machine ended.
public enum MachineEnd: Sendable, Equatable {
  /// `stop()` ended it.
  case stopped
  /// The guest powered itself off or asked for a reboot, which a machine answers by ending.
  case guestShutDown
  /// QEMU, the kernel or the agent died; the text is for the sandbox's result.
  case failed(String)
}
