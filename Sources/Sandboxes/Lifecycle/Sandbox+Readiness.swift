import Errors
import Foundation
import GuestProtocol
import Machines

/// Readiness: the probe is tried while the sandbox runs, until it has succeeded once.
extension Sandbox {
  /// Waits until the sandbox is ready, `timeout` at most; returns when it became so.
  ///
  /// Throws `SandlotError`: `failedPrecondition` where it has no probe, `deadlineExceeded`, and
  /// `notFound` where it ends.
  func waitUntilReady(timeout: Duration) async throws -> Date {
    if let endError { throw endError }
    guard specification.readinessProbe != nil else {
      throw SandlotError(
        .failedPrecondition, "Sandbox \(id) has no readiness probe.",
        hint: "Create it with readiness_probe=modal.Probe.with_tcp(port) or with_exec(…).")
    }
    beginWork()
    defer { endWork() }
    let ready = ready
    if let result = ready.current { return try result.get() }
    let result = try await withDeadline(timeout, on: context.clock) { try await ready.value() }
    guard let result else {
      throw SandlotError(
        .deadlineExceeded,
        "Sandbox \(id) did not become ready within \(timeout.components.seconds) s: \(lastProbe)")
    }
    return try result.get()
  }

  /// Tries the probe until it succeeds.
  func probeReadiness(in machine: any Machine) async {
    guard let probe = specification.readinessProbe else { return }
    while !Task.isCancelled {
      if let failure = await failure(of: probe.check, in: machine) {
        lastProbe = failure
      } else {
        log.say("Sandbox \(id) is ready.")
        ready.fulfil(.success(context.now()))
        return
      }
      // Cancellation is how the sandbox's end stops this.
      let interval = Duration.milliseconds(probe.intervalMilliseconds)
      guard (try? await context.clock.sleep(for: interval)) != nil else { return }
    }
  }

  /// Why one attempt failed; nil where it succeeded. One that hangs has failed.
  private func failure(of check: ReadinessProbe.Check, in machine: any Machine) async -> String? {
    do {
      switch check {
      case .port(let port):
        return try await machine.acceptsConnections(port: port)
          ? nil : "nothing accepts connections to port \(port)."
      case .command(let arguments): return try await failure(of: arguments, in: machine)
      }
    } catch {
      return SandlotError(about: error).description
    }
  }

  private func failure(
    of arguments: [String], in machine: any Machine
  ) async throws -> String? {
    var exec = ExecSpecification(execID: "readiness", arguments: arguments)
    exec.standardOutput = .discard
    exec.standardError = .discard
    var command = template.command(for: exec)
    command.standardInput = .null
    let process = try await machine.spawn(command)
    let limit = context.limits.probeTimeout
    let status = try await withDeadline(limit, on: context.clock) { try await process.wait() }
    switch status {
    case .code(0): return nil
    case .code(let code): return "the probe's command exited with \(code)."
    case .signal(let signal): return "the probe's command died of signal \(signal)."
    case .outOfMemory: return "the probe's command was killed for lack of memory."
    case nil:
      try await process.signal(9, group: true)
      return "the probe's command did not end within \(limit.components.seconds) s."
    }
  }
}
