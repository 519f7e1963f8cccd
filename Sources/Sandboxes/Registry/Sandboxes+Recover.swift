import Errors
import Foundation
import Store

extension Sandboxes {
  /// Ends what an earlier run of the server left unfinished, before anything is created; returns a
  /// sentence about each for the log.
  ///
  /// The machines themselves do not survive the server that started them, and neither does the output
  /// of execs; logs do.
  public func recoverAfterRestart() async throws -> [String] {
    let result = SandboxResult(.terminated, exitCode: 137, message: "The server was restarted.")
    let text = try JSONText.encode(result)
    var sentences: [String] = []
    for row in try await store.unfinishedSandboxes() {
      finishLog(of: row, result)
      try await store.markSandboxFinished(id: row.id, result: text, at: context.now())
      sentences.append(
        "Sandbox \(row.id) of app \(row.appID) was terminated: the server was restarted.")
    }
    try removeOutput()
    return sentences
  }

  /// A log that cannot be written keeps no server from starting.
  private func finishLog(of row: SandboxRow, _ result: SandboxResult) {
    do {
      try context.logs.resume(row.id, appID: row.appID).say(result.farewell(row.id))
    } catch {
      context.logger.error("a log cannot be finished", metadata: ["error": "\(error)"])
    }
    context.logs.close(row.id)
  }

  private func removeOutput() throws(SandlotError) {
    let directory = context.directory.string
    do {
      guard FileManager.default.fileExists(atPath: directory) else { return }
      for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
        try FileManager.default.removeItem(atPath: context.directory.appending(name).string)
      }
    } catch {
      throw SandlotError(.internal, "Old output in \(directory) cannot be removed: \(error).")
    }
  }
}
