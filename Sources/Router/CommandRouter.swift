import Edge
import Errors
import GRPCCore
import ModalProtocol
import Sandboxes
import Secrets
import Tokens

/// The SDK's data plane: processes, their streams and files of running sandboxes.
///
/// Every call names a task and brings the JWT of exactly that task; see `authorize`.
public struct CommandRouter: Modal_TaskCommandRouter_TaskCommandRouter.SimpleServiceProtocol {
  let sandboxes: Sandboxes
  let secrets: Secrets
  let tokens: AccessTokens

  /// A router over the running sandboxes.
  public init(sandboxes: Sandboxes, secrets: Secrets, tokens: AccessTokens) {
    self.sandboxes = sandboxes
    self.secrets = secrets
    self.tokens = tokens
  }

  /// Lets a call through whose JWT is genuine, valid now, and made for this task.
  ///
  /// Throws `unauthenticated` or `permissionDenied`.
  func authorize(_ taskID: String) async throws {
    guard let jwt = CallMetadata.current.bearerToken else {
      throw SandlotError(
        .unauthenticated, "The request carries no 'authorization: Bearer' token.",
        hint: "Ask the control plane for router access.")
    }
    try await tokens.verifyRouter(jwt, taskID: taskID)
  }

  /// Sidecars do not exist yet, so a request that names one is refused.
  func refuseSidecar(_ containerID: String) throws {
    guard containerID.isEmpty else {
      throw SandlotError(
        .unimplemented, "Sidecar containers are not supported (\(containerID)).",
        hint: "Run the program in the sandbox itself: every sandbox is a whole machine.")
    }
  }
}
