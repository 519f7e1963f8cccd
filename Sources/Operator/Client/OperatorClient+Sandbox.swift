import Errors
import GRPCCore
import ModalProtocol
import OperatorProtocol

/// Sandboxes through the same calls that the SDK makes.
extension OperatorClient {
  /// The id of a sandbox that was named by it, by its task's, or, while it runs, by its name.
  ///
  /// - Parameter finishedToo: Whether a name may also be that of a finished one; the newest counts.
  ///
  /// Throws `SandlotError`: `notFound`, and `failedPrecondition` where several that run have the name.
  public func sandboxID(_ word: String, finishedToo: Bool = false) async throws -> String {
    if word.hasPrefix("sb-") { return word }
    if word.hasPrefix("ta-") {
      return try await connection.call {
        try await control.taskGetInfo(
          .with { $0.taskID = word }, metadata: connection.metadata, options: connection.options())
      }.info.sandboxID
    }
    let named = try await sandboxes(includeFinished: finishedToo).sandboxes.filter {
      $0.name == word
    }
    let running = named.filter { !$0.hasFinishedAt }
    guard running.count < 2 else {
      let ids = running.map { "\($0.id) of app \($0.appName)" }.joined(separator: ", ")
      throw SandlotError(
        .failedPrecondition, "Several sandboxes are named '\(word)': \(ids).",
        hint: "Name one by its id.")
    }
    // They come newest first.
    guard let sandbox = running.first ?? named.first else {
      throw SandlotError(
        .notFound, "No sandbox named '\(word)' \(finishedToo ? "exists" : "runs").",
        hint: "'sandlot ps' lists those that run, 'sandlot ps --all' finished ones too.")
    }
    return sandbox.id
  }

  /// How a sandbox ended, in the words of its result; nil while it runs. Throws `SandlotError`.
  public func end(of sandboxID: String) async throws -> SandboxEnding? {
    let answer = try await connection.call {
      try await control.sandboxWaitV2(
        .with { $0.sandboxID = sandboxID }, metadata: connection.metadata,
        options: connection.options())
    }
    guard answer.hasResult, answer.result.status != .unspecified else { return nil }
    return SandboxEnding(exitCode: answer.result.exitcode, message: answer.result.exception)
  }

  /// Ends a sandbox; returns when everything of it is gone. Throws `SandlotError`.
  public func terminate(_ sandboxID: String) async throws {
    _ = try await connection.call {
      try await control.sandboxTerminateV2(
        .with { $0.sandboxID = sandboxID }, metadata: connection.metadata,
        options: connection.options(.seconds(60)))
    }
  }

  /// Opens a running sandbox's data plane for `body`. Throws `SandlotError`, and what `body` throws.
  public func withRouter<Value: Sendable>(
    of sandboxID: String, _ body: @Sendable (RouterClient) async throws -> Value
  ) async throws -> Value {
    let metadata = connection.metadata
    let task = try await connection.call {
      try await control.sandboxGetTaskIdV2(
        .with { $0.sandboxID = sandboxID }, metadata: metadata, options: connection.options())
    }
    let access = try await connection.call {
      try await control.sandboxGetCommandRouterAccess(
        .with { $0.sandboxID = sandboxID }, metadata: metadata, options: connection.options())
    }
    let address = OperatorAddress(url: access.url, tokenID: "", tokenSecret: "")
    return try await ServerConnection.with(address) { connection in
      try await body(RouterClient(connection: connection, taskID: task.taskID, jwt: access.jwt))
    }
  }

  var control: Modal_Client_ModalClient.Client<ServerConnection.Transport> {
    Modal_Client_ModalClient.Client(wrapping: connection.client)
  }
}

/// How a sandbox ended.
public struct SandboxEnding: Sendable, Equatable {
  /// What the SDK would return as its code.
  public var exitCode: Int32
  /// Why, where there is more to say.
  public var message: String
}
