import Errors
import Foundation
import Store

extension Sandbox {
  /// The moment from which the sandbox is of no use: whoever waits for something is told.
  func beginEnd() {
    guard let error = endError else { return }
    idleTimer?.cancel()
    machineUp.fulfil(.failure(error))
    ready.fulfil(.failure(error))
    for record in execs.values {
      record.exec.abort(error)
      record.exec.output.discard(error)
    }
    ending.fulfil(())
  }

  /// Frees what the machine's end has not, and writes the result down.
  func release() async -> SandboxResult {
    // First: it is billed until its machine has gone, not until its output is in.
    await context.usage.end(id)
    await entrypoint?.drain()
    entrypointTask?.cancel()
    await entrypointTask?.value
    output.finish()
    for record in execs.values {
      record.task.cancel()
      await record.task.value
      if let error = endError { record.exec.output.discard(error) }
    }
    execs = [:]
    if let error = endError { entrypoint?.abort(error) }
    machine = nil
    _ = await lastSnapshot?.result
    await context.images.release(id)
    handle(.released)
    guard case .finished(let result) = state else {
      return SandboxResult(.internalFailure, exitCode: 137, message: "It ended in \(state).")
    }
    log.flush()
    log.say(result.farewell(id))
    context.logs.close(id)
    await record(result)
    return result
  }

  private func record(_ result: SandboxResult) async {
    logger.info(
      "sandbox finished",
      metadata: ["status": "\(result.status.rawValue)", "exit": "\(result.exitCode)"])
    do {
      let text = try JSONText.encode(result)
      try await store.markSandboxFinished(
        id: id, result: text, at: context.now(), trace: try JSONText.encode(recorder.trace))
    } catch {
      logger.error("a result cannot be recorded", metadata: ["error": "\(error)"])
    }
  }
}
