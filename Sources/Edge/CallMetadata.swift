import GRPCCore

/// What the SDK says about itself and a call, outside the message (protocol: request metadata).
public struct CallMetadata: Sendable, Equatable {
  /// The SDK that calls, as `x-modal-client-type` numbers it.
  public enum ClientType: Sendable, Equatable {
    /// 1, or nothing.
    case python
    /// 8.
    case javaScript
    /// 9.
    case go
    /// Any other number.
    case other(String)
  }

  /// The SDK.
  public var clientType: ClientType
  /// One value for all attempts of a call, so that a retried call is done once.
  public var idempotencyKey: String?
  /// The host name that the client reached the server by, without port.
  public var host: String?
  /// The token id and secret; only on the control plane.
  public var tokenID: String?
  /// The secret that belongs to `tokenID`.
  public var tokenSecret: String?
  /// The router's JWT, from `authorization: Bearer …`; only on the data plane.
  public var bearerToken: String?

  /// The metadata of the call that runs in the current task.
  @TaskLocal public static var current = CallMetadata(Metadata())

  /// Reads the metadata of a call.
  public init(_ metadata: Metadata) {
    func first(_ key: String) -> String? {
      metadata[stringValues: key].first { !$0.isEmpty }
    }
    clientType =
      switch first("x-modal-client-type") {
      case nil, "1": .python
      case "8": .javaScript
      case "9": .go
      case let other?: .other(other)
      }
    idempotencyKey = first("x-idempotency-key")
    host = first("x-modal-host")
    tokenID = first("x-modal-token-id")
    tokenSecret = first("x-modal-token-secret")
    bearerToken = first("authorization").flatMap { value in
      value.hasPrefix("Bearer ") ? String(value.dropFirst("Bearer ".count)) : nil
    }
  }
}
