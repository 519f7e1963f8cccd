import Errors
import Foundation
import Machines

extension Sandbox {
  /// Starts a process, or joins the start of the same exec id; returns when it runs.
  func startExec(_ specification: ExecSpecification) async throws {
    if let endError { throw endError }
    try specification.validate()
    touch()
    let exec = startedExec(specification.execID) ?? makeExec(specification)
    _ = try await exec.started.value().get()
  }

  /// An exec that could not be started is none: a later start of its id tries again.
  private func startedExec(_ execID: String) -> Exec? {
    guard let exec = execs[execID]?.exec else { return nil }
    if case .failure = exec.started.current { return nil }
    return exec
  }

  /// The exec of an id. Throws `SandlotError.notFound`.
  func exec(_ execID: String) throws(SandlotError) -> Exec {
    if let endError { throw endError }
    touch()
    if let record = execs[execID] { return record.exec }
    throw SandlotError(
      .notFound, "Exec \(execID) does not exist in sandbox \(id).",
      hint: "It was never started, or ended so long ago that its record was dropped.")
  }

  /// The entrypoint's input, once it runs.
  func entrypointInput() async throws -> StandardInput {
    touch()
    _ = try await machineUp.value().get()
    if let endError { throw endError }
    guard let entrypoint else {
      throw SandlotError(
        .failedPrecondition,
        "Sandbox \(id) has no entrypoint to write to: neither it nor its image names a command.")
    }
    return entrypoint.input
  }

  /// The entrypoint's input for writers that number what they write.
  func numberedEntrypointInput() async throws -> NumberedInput {
    let input = try await entrypointInput()
    if let numberedInput { return numberedInput }
    let numbered = NumberedInput(
      input, patience: context.limits.drainGrace, clock: context.clock)
    numberedInput = numbered
    return numbered
  }

  private func makeExec(_ specification: ExecSpecification) -> Exec {
    execCount += 1
    let exec = Exec(
      id: specification.execID, command: template.command(for: specification),
      timeout: specification.timeoutSeconds.flatMap { $0 == 0 ? nil : .seconds($0) },
      output: ProcessSpools(prefix: "exec-\(execCount)", in: directory, context: context),
      context: context)
    beginWork()
    let task = Task { await carry(exec) }
    execs[exec.id] = ExecRecord(exec: exec, task: task)
    return exec
  }

  private func carry(_ exec: Exec) async {
    async let running: Void = exec.run(in: machineUp)
    let isStarted = (try? await exec.started.value().get()) != nil
    if isStarted { recorder.execStarted(exec.id) }
    _ = try? await exec.exit.value()
    recorder.execExited(exec.id)
    endWork()
    if isStarted { retire(exec) } else { drop(exec) }
    await running
  }

  /// Bounds the records of ended execs: the oldest go, but none that is young.
  private func retire(_ exec: Exec) {
    let now = context.now()
    endedExecs.append((exec, now))
    let limits = context.limits
    while endedExecs.count > limits.retainedExecs, let oldest = endedExecs.first,
      now.timeIntervalSince(oldest.at) >= limits.execRetention / .seconds(1)
    {
      endedExecs.removeFirst()
      drop(oldest.exec)
    }
  }

  private func drop(_ exec: Exec) {
    guard endError == nil else { return }
    if execs[exec.id]?.exec === exec { execs[exec.id] = nil }
    exec.output.discard(
      SandlotError(.notFound, "The output of exec \(exec.id) is kept no longer."))
  }
}

/// Idleness: no exec runs, nobody waits for readiness and nobody calls. Neither the entrypoint counts,
/// which may wait for ever, nor the readiness probe.
extension Sandbox {
  /// It is not idle until `endWork` is called as often.
  func beginWork() {
    busy += 1
    idleTimer?.cancel()
  }

  /// The end of what `beginWork` began; idleness counts from now on, unless something else runs.
  func endWork() {
    busy -= 1
    touch()
  }

  /// Takes note of a call: idleness counts from now on, unless something runs.
  func touch() {
    idleTimer?.cancel()
    guard state == .running, busy == 0, let seconds = specification.idleTimeoutSeconds else {
      return
    }
    idleTimer = Task {
      guard (try? await context.clock.sleep(for: .seconds(seconds))) != nil else { return }
      idle(seconds)
    }
  }

  /// A timer that ran out while it was being cancelled counts for nothing.
  private func idle(_ seconds: Int64) {
    guard !Task.isCancelled, busy == 0 else { return }
    handle(.idledOut(seconds: seconds))
  }
}
