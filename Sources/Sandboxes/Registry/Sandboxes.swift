import Errors
import Foundation
import Logging
import Machines
import Store
import SystemPackage

/// All sandboxes of a server: makes, finds, waits for and ends them.
///
/// What must outlive the process is in the store, which is also what `info` and `list` read, and in
/// the logs; the actor itself holds what runs. A result is in the store before anyone is told of it.
public actor Sandboxes {
  let store: Store
  let images: any ImageSource
  let context: SandboxContext
  /// Where sandboxes are promised their memory, each under its id until its machine is gone.
  let memory: MemoryLedger

  /// Sandboxes that have not finished, by id.
  var running: [String: Sandbox] = [:]
  /// The running sandbox of each task.
  var tasks: [String: Sandbox] = [:]
  /// Names that are taken.
  var names = NameTable()
  /// Creations under way, by idempotency key.
  var creations: [String: Promise<Result<SandboxInfo, SandlotError>>] = [:]
  /// Set once the server goes down; nothing is created any more.
  var isShutDown = false
  /// When the newest sandbox was made.
  var newest = Date.distantPast

  /// A registry over a store.
  ///
  /// - Parameters:
  ///   - memory: The host's memory, shared with all else that starts machines.
  ///   - directory: Where the output of execs is kept; belongs to the registry alone.
  ///   - logs: Where what entrypoints write is kept.
  ///   - usage: How use is sampled, kept and priced.
  ///   - clock: Runs every time-out.
  ///   - now: The time that is written down.
  public init(
    store: Store, images: any ImageSource, files: any FileSource, launcher: any MachineLauncher,
    memory: MemoryLedger,
    directory: FilePath, logs: Logs, limits: SandboxLimits,
    usage: UsageOptions = UsageOptions(), logger: Logger,
    clock: any Clock<Duration> = ContinuousClock(),
    now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.store = store
    self.images = images
    self.memory = memory
    context = SandboxContext(
      launcher: launcher, directory: directory, logs: logs, limits: limits, logger: logger,
      clock: clock, now: now,
      files: files, images: images,
      usage: UsageLedger(store: store, clock: clock, now: now, options: usage, logger: logger))
  }

  /// Waits until a sandbox has finished, `timeout` at most; nil means that it still runs.
  ///
  /// Throws `SandlotError.notFound`, and `CancellationError` where the task is cancelled.
  public func wait(_ sandboxID: String, timeout: Duration) async throws -> SandboxResult? {
    guard let sandbox = running[sandboxID] else {
      return try await info(sandboxID).result
    }
    if let result = sandbox.finished.current { return result }
    guard timeout > .zero else { return nil }
    let clock = context.clock
    return try await withDeadline(timeout, on: clock) { try await sandbox.finished.value() }
  }

  /// Ends a sandbox and returns when everything of it is gone; does nothing to one that has
  /// finished. Throws `SandlotError.notFound`.
  public func terminate(_ sandboxID: String) async throws {
    guard let sandbox = running[sandboxID] else {
      _ = try await info(sandboxID)
      return
    }
    await sandbox.terminate("It was terminated.")
  }

  /// Ends every running sandbox of an app.
  public func terminateAll(appID: String) async {
    let sandboxes = running.values.filter { $0.specification.appID == appID }
    await terminate(sandboxes, "Its app \(appID) has stopped.")
  }

  /// Ends every sandbox, whatever it does, and refuses new ones.
  public func shutDown() async {
    isShutDown = true
    await terminate(Array(running.values), "The server was shut down.")
  }

  private func terminate(_ sandboxes: [Sandbox], _ message: String) async {
    await withTaskGroup(of: Void.self) { group in
      for sandbox in sandboxes {
        group.addTask { await sandbox.terminate(message) }
      }
    }
  }
}

/// What every sandbox works with.
struct SandboxContext: Sendable {
  var launcher: any MachineLauncher
  var directory: FilePath
  var logs: Logs
  var limits: SandboxLimits
  var logger: Logger
  var clock: any Clock<Duration>
  var now: @Sendable () -> Date
  var files: any FileSource
  var images: any ImageSource
  var usage: UsageLedger
}
