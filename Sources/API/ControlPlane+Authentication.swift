import GRPCCore
import ModalProtocol
import SwiftProtobuf

extension ControlPlane {
  /// Says hello; that the call arrived proves the token.
  public func clientHello(
    request: Google_Protobuf_Empty, context: ServerContext
  ) async throws -> Modal_Client_ClientHelloResponse {
    Modal_Client_ClientHelloResponse()
  }

  /// A token for the V2 sandbox RPCs, which the SDK wants before it creates a sandbox.
  public func authTokenGet(
    request: Modal_Client_AuthTokenGetRequest, context: ServerContext
  ) async throws -> Modal_Client_AuthTokenGetResponse {
    let token = try await tokens.authToken()
    return .with { $0.token = token }
  }

  /// Whose token it is.
  public func tokenInfoGet(
    request: Modal_Client_TokenInfoGetRequest, context: ServerContext
  ) async throws -> Modal_Client_TokenInfoGetResponse {
    .with {
      $0.tokenID = tokenID
      $0.workspaceID = Self.workspace
      $0.workspaceName = Self.workspace
    }
  }

  /// The server's name among the profiles of the CLI.
  public func workspaceNameLookup(
    request: Google_Protobuf_Empty, context: ServerContext
  ) async throws -> Modal_Client_WorkspaceNameLookupResponse {
    .with {
      $0.workspaceName = Self.workspace
      $0.username = Self.workspace
    }
  }

  /// A server is one workspace.
  private static let workspace = "sandlot"
}
