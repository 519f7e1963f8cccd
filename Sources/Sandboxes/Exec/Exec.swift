import Errors
import GuestProtocol
import Machines

/// A process of a sandbox from the request to start it until its record is dropped: the client's
/// execs, and the entrypoint.
///
/// Everything about it that happens once is a promise, so callers may come before or after.
final class Exec: Sendable {
  /// The client's id.
  let id: String
  /// What it writes.
  let output: ProcessSpools
  /// What it reads.
  let input: StandardInput
  /// Kept once the process runs, or could not be started.
  let started = Promise<Result<any MachineProcess, SandlotError>>()
  /// Kept once the process has ended.
  let exit = Promise<Result<ExitStatus, SandlotError>>()
  /// Kept once a client that waits may be told of the end.
  private let settled = Promise<Result<ExitStatus, SandlotError>>()

  private let command: MachineCommand
  private let keepsOutput: Bool
  private let timeout: Duration?
  private let context: SandboxContext

  /// A process that `run` will start.
  ///
  /// - Parameter keepsOutput: Whether its output can be read after the sandbox's end, as far as it had
  ///   come by then.
  init(
    id: String, command: MachineCommand, timeout: Duration? = nil, output: ProcessSpools,
    keepsOutput: Bool = false, context: SandboxContext
  ) {
    self.id = id
    self.command = command
    self.keepsOutput = keepsOutput
    self.timeout = timeout
    self.output = output
    self.context = context
    input = StandardInput(started: started, exit: exit, context: context)
  }

  /// Waits until the process has ended and its output was read, or could have been.
  func wait() async throws -> ExitStatus {
    try await settled.value().get()
  }

  /// How the process ended; nil while it runs or is about to.
  func poll() throws(SandlotError) -> ExitStatus? {
    try exit.current?.get()
  }

  /// Fails everything that has not happened yet.
  func abort(_ error: SandlotError) {
    started.fulfil(.failure(error))
    exit.fulfil(.failure(error))
    settled.fulfil(.failure(error))
  }

  /// Starts the process once the machine is there, and carries its output until the streams end.
  ///
  /// Cancelling the task stops carrying; it does not end the process.
  func run(in machine: Promise<Result<any Machine, SandlotError>>) async {
    let process: any MachineProcess
    do {
      process = try await machine.value().get().spawn(command)
    } catch {
      await fail(SandlotError(about: error))
      return
    }
    guard started.fulfil(.success(process)) else { return }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.carry(process.standardOutput, to: self.output.standardOutput) }
      group.addTask { await self.carry(process.standardError, to: self.output.standardError) }
      do {
        let status = try await end(of: process)
        exit.fulfil(.success(status))
        await settle(status)
      } catch {
        await fail(SandlotError(about: error))
      }
    }
  }

  /// Waits for output that is still on its way: until it ends, or none comes any more.
  func drain() async {
    for _ in 0..<context.limits.drainRounds {
      let length = output.length
      let isEnded: Void? = try? await withDeadline(context.limits.drainGrace, on: context.clock) {
        await self.output.waitUntilEnded()
      }
      if isEnded != nil || output.length == length { return }
    }
  }

  /// Carries a stream to its end. Where the machine ends first, a stream that nobody may take for
  /// whole is left open: the sandbox is about to end it, with the reason.
  private func carry(_ stream: ProcessOutput, to spool: Spool) async {
    do {
      for try await chunk in stream { try await keep(chunk, in: spool) }
      spool.finish()
    } catch {
      if keepsOutput || Task.isCancelled { spool.finish() }
    }
  }

  /// Output that cannot be kept is still taken from the process, which would wait for ever else.
  private func keep(_ chunk: [UInt8], in spool: Spool) async throws {
    do {
      try await spool.append(chunk)
    } catch let error as SandlotError {
      context.logger.error("output is lost", metadata: ["exec": "\(id)", "error": "\(error)"])
      spool.fail(error)
    }
  }

  private func end(of process: any MachineProcess) async throws -> ExitStatus {
    async let _ = kill(process, after: timeout)
    return try await process.wait()
  }

  /// Fails for what the machine says. Where that is its own end, the sandbox is about to hear of it
  /// too and knows the reason: it gets a moment to call `abort` first.
  private func fail(_ error: SandlotError) async {
    if error.code == .notFound {
      _ = try? await withDeadline(context.limits.drainGrace, on: context.clock) {
        try await self.exit.value()
      }
    }
    abort(error)
  }

  private func kill(_ process: any MachineProcess, after timeout: Duration?) async {
    guard let timeout else { return }
    do {
      try await context.clock.sleep(for: timeout)
      try await process.signal(9, group: true)
    } catch is CancellationError {
      return
    } catch {
      context.logger.warning(
        "an exec cannot be killed", metadata: ["exec": "\(id)", "error": "\(error)"])
    }
  }

  private func settle(_ status: ExitStatus) async {
    _ = try? await withDeadline(context.limits.unreadOutputGrace, on: context.clock) {
      try await self.output.waitUntilRead()
    }
    settled.fulfil(.success(status))
  }
}

extension SandlotError {
  /// Any error as the one that crosses modules.
  init(about error: any Error) {
    switch error {
    case let error as SandlotError: self = error
    case is CancellationError: self.init(.notFound, "The sandbox has ended.")
    default: self.init(.internal, "\(error)")
    }
  }
}
