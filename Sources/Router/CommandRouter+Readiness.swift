import GRPCCore
import ModalProtocol
import Sandboxes

extension CommandRouter {
  /// The longest that one call waits, in seconds: as long as a sandbox lives. A duration cannot hold
  /// every number that a client may send.
  private static let longestWait: Float = 86_400

  /// Waits until a sandbox's readiness probe has succeeded.
  public func sandboxWaitUntilReady(
    request: Modal_TaskCommandRouter_SandboxWaitUntilReadyTcrRequest, context: ServerContext
  ) async throws -> Modal_TaskCommandRouter_SandboxWaitUntilReadyTcrResponse {
    try await authorize(request.taskID)
    let timeout = Duration.seconds(Double(min(max(0, request.timeout), Self.longestWait)))
    let date = try await sandboxes.waitUntilReady(taskID: request.taskID, timeout: timeout)
    return .with { $0.readyAt = date.timeIntervalSince1970 }
  }
}
