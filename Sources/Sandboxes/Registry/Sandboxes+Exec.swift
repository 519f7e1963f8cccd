import Errors
import Foundation
import GuestProtocol

/// The data plane: what runs in a sandbox. Every call names the task.
///
/// Every call throws `SandlotError.notFound` where the task does not exist, where its sandbox has
/// ended, or ends meanwhile; the message says how it ended. Calls on a sandbox that is still
/// starting are held until it runs.
extension Sandboxes {
  /// Starts a process; returns when it runs. A second start of one exec id starts nothing and
  /// returns what the first did.
  ///
  /// Throws `SandlotError.invalidArgument` for a missing program or working directory, an unknown
  /// user, arguments that are too long.
  public func startExec(taskID: String, _ specification: ExecSpecification) async throws {
    try await sandbox(taskID: taskID).startExec(specification)
  }

  /// Waits until a process has ended and its output was read, or could have been.
  public func waitExec(taskID: String, execID: String) async throws -> ExitStatus {
    try await exec(taskID: taskID, execID: execID).wait()
  }

  /// How a process ended; nil while it runs.
  public func pollExec(taskID: String, execID: String) async throws -> ExitStatus? {
    try await exec(taskID: taskID, execID: execID).poll()
  }

  /// A process's output from an absolute offset on, as it comes, until the stream ends.
  ///
  /// Any number of readers may read, early or late, each at its own pace.
  public func readExec(
    taskID: String, execID: String, _ stream: OutputStreamName, offset: Int64
  ) async throws -> SpoolReader {
    try await exec(taskID: taskID, execID: execID).output.reader(of: stream, from: offset)
  }

  /// Writes to a process's standard input; returns when the process has room for all of it.
  ///
  /// Bytes below what was accepted already are skipped. Throws `SandlotError.invalidArgument` for
  /// an offset beyond it, `failedPrecondition` where the process or its input has ended.
  public func writeExec(
    taskID: String, execID: String, offset: Int64, bytes: [UInt8], eof: Bool
  ) async throws {
    try await exec(taskID: taskID, execID: execID).input.write(bytes, at: offset, eof: eof)
  }

  /// Begins a stream of writes to a process's standard input; ends an older stream of it.
  public func beginInputStream(
    taskID: String, execID: String, offset: Int64
  ) async throws -> ExecInputStream {
    try await exec(taskID: taskID, execID: execID).input.beginStream(at: offset)
  }

  /// How much input was accepted; ends a stream of writes that still runs, so that the caller can
  /// go on from there.
  public func inputStatus(taskID: String, execID: String) async throws -> InputStatus {
    try await exec(taskID: taskID, execID: execID).input.status()
  }

  /// Waits until a sandbox's readiness probe has succeeded, `timeout` at most; returns when it did.
  ///
  /// Throws `SandlotError` also: `failedPrecondition` where it has no probe, `deadlineExceeded`.
  public func waitUntilReady(taskID: String, timeout: Duration) async throws -> Date {
    try await sandbox(taskID: taskID).waitUntilReady(timeout: timeout)
  }

  private func exec(taskID: String, execID: String) async throws -> Exec {
    try await sandbox(taskID: taskID).exec(execID)
  }
}

/// The entrypoint's standard streams.
extension Sandboxes {
  /// The entrypoint's output from an absolute offset on, until it ends; after the sandbox has finished
  /// for as long as its log is kept. Where the oldest is gone, it begins with what there is.
  ///
  /// Throws `SandlotError.notFound` where the task does not exist or its output is gone.
  ///
  /// - Parameter continues: Whether the call only goes on with an earlier one, and so is no sign that
  ///   the sandbox is used.
  public func readEntrypoint(
    taskID: String, _ stream: OutputStreamName, offset: Int64, continues: Bool = false
  ) async throws -> SpoolReader {
    if let sandbox = tasks[taskID] {
      if !continues { await sandbox.touch() }
      return try sandbox.output.reader(of: stream, from: offset)
    }
    let info = try await info(taskID: taskID)
    let output = try ProcessSpools(finished: info.id, appID: info.appID, context: context)
    guard let output else {
      throw SandlotError(
        .notFound, "The output of sandbox \(info.id) is gone: its log was removed.",
        hint: "The server's settings say how long logs are kept (--log-days, --log-budget).")
    }
    return try output.reader(of: stream, from: offset)
  }

  /// Writes to the entrypoint's standard input, as `writeExec` does.
  ///
  /// Throws `SandlotError.failedPrecondition` too where the sandbox has no entrypoint.
  public func writeEntrypoint(
    taskID: String, offset: Int64, bytes: [UInt8], eof: Bool
  ) async throws {
    let input = try await sandbox(taskID: taskID).entrypointInput()
    try await input.write(bytes, at: offset, eof: eof)
  }

  /// Writes to the entrypoint's standard input what its writer has given a number, counting from 1.
  ///
  /// Throws as `writeEntrypoint` by offset does, for a number that leaves a gap too.
  public func writeEntrypoint(
    taskID: String, number: UInt32, bytes: [UInt8], eof: Bool
  ) async throws {
    let input = try await sandbox(taskID: taskID).numberedEntrypointInput()
    try await input.write(bytes, number: number, eof: eof)
  }

  /// The sandbox of a task that has not ended.
  func sandbox(taskID: String) async throws -> Sandbox {
    if let sandbox = tasks[taskID] { return sandbox }
    let info = try await info(taskID: taskID)
    throw SandlotError.ended(info.id, info.result)
  }
}

extension SandlotError {
  /// The error of every call on a sandbox that is no more.
  static func ended(_ sandboxID: String, _ result: SandboxResult?) -> SandlotError {
    let reason = result.map { " (\($0.account))" } ?? ""
    return SandlotError(.notFound, "Sandbox \(sandboxID) has ended\(reason).")
  }
}
