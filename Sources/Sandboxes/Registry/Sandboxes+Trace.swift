import Errors
import Store

extension Sandboxes {
  /// How a sandbox, running or finished, came to run.
  ///
  /// After a server that was killed it says nothing of the first exec: that is written down with
  /// the sandbox's end.
  ///
  /// Throws `SandlotError.notFound` where there is no such sandbox, or an older version of the
  /// server made it and recorded nothing.
  public func createTrace(_ sandboxID: String) async throws -> CreateTrace {
    if let sandbox = running[sandboxID] { return sandbox.recorder.trace }
    guard let row = try await store.sandbox(id: sandboxID) else {
      throw SandlotError(
        .notFound, "Sandbox \(sandboxID) does not exist.",
        hint: "'sandlot ps --all' lists those that do.")
    }
    guard let text = row.trace else {
      throw SandlotError(
        .notFound, "Nothing was recorded of how sandbox \(sandboxID) was created.")
    }
    return try JSONText.decode(CreateTrace.self, from: text)
  }
}
