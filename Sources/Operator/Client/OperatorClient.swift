import Errors
import GRPCCore
import OperatorProtocol

/// A server as its operator sees it.
public struct OperatorClient: Sendable {
  let connection: ServerConnection

  /// Connects, runs `body`, and disconnects. Throws what `body` throws, and
  /// `SandlotError.invalidArgument` for an address that is none.
  public static func connected<Value: Sendable>(
    to address: OperatorAddress, _ body: @Sendable (OperatorClient) async throws -> Value
  ) async throws -> Value {
    try await ServerConnection.with(address) { connection in
      try await body(OperatorClient(connection: connection))
    }
  }

  /// How the sandboxes stand now. Throws `SandlotError`, as the server says it, or `unavailable`.
  public func sandboxes(
    includeFinished: Bool
  ) async throws -> Sandlot_Operator_ListSandboxesResponse {
    try await connection.call {
      try await service.listSandboxes(
        .with { $0.includeFinished = includeFinished }, metadata: connection.metadata,
        options: connection.options())
    }
  }

  /// The stages of a sandbox's creation. Throws `SandlotError`, as the server says it, or
  /// `unavailable`.
  public func createTrace(_ sandboxID: String) async throws -> Sandlot_Operator_CreateTrace {
    try await connection.call {
      try await service.getCreateTrace(
        .with { $0.sandboxID = sandboxID }, metadata: connection.metadata,
        options: connection.options())
    }
  }

  private var service: Sandlot_Operator_Operator.Client<ServerConnection.Transport> {
    Sandlot_Operator_Operator.Client(wrapping: connection.client)
  }
}
