import JWTKit

/// The sandbox that a router token opens.
public struct RouterTarget: Sendable, Equatable {
  /// The sandbox, `sb-…`.
  public let sandboxID: String
  /// Its task, `ta-…`, by which router requests name it.
  public let taskID: String
}

/// What the server writes into its tokens.
struct AccessClaims: JWTPayload {
  /// Which plane a token is for, so that one never passes for the other.
  enum Kind: String, Codable, Sendable {
    case auth
    case router
  }

  let kind: Kind
  let expiration: ExpirationClaim
  let issued: IssuedAtClaim
  let sandboxID: String?
  let taskID: String?

  private enum CodingKeys: String, CodingKey {
    case kind
    case expiration = "exp"
    case issued = "iat"
    case sandboxID = "sandbox_id"
    case taskID = "task_id"
  }

  /// The sandbox of a router token; nil in other tokens.
  var target: RouterTarget? {
    guard let sandboxID, let taskID else { return nil }
    return RouterTarget(sandboxID: sandboxID, taskID: taskID)
  }

  /// Accepts every age: `AccessTokens` checks `exp` against its own clock.
  func verify(using algorithm: some JWTAlgorithm) {}
}
