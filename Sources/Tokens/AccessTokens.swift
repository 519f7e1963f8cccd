import Errors
import JWTKit

import struct Foundation.Date
import typealias Foundation.TimeInterval

/// The JWTs of both planes: makes them, and checks those that come back to the router.
///
/// The SDK reads nothing of them but `exp` (and checks no signature); what else is in them is for
/// this server. All times are whole seconds.
public struct AccessTokens: Sendable {
  /// How long an auth token of the control plane is good, in seconds.
  public static let authLifetime: TimeInterval = 20 * 60
  /// How long a router token is good, in seconds.
  public static let routerLifetime: TimeInterval = 60 * 60

  private let keys: JWTKeyCollection
  private let now: @Sendable () -> Date

  /// Tokens of one key, with a clock.
  public init(key: SigningKey, now: @escaping @Sendable () -> Date = { Date() }) async {
    keys = await JWTKeyCollection().add(hmac: HMACKey(key: key.key), digestAlgorithm: .sha256)
    self.now = now
  }

  /// A token for `AuthTokenGet`, good for `authLifetime`.
  public func authToken() async throws(SandlotError) -> String {
    try await sign(.auth, lifetime: Self.authLifetime, target: nil)
  }

  /// A token for the router of one sandbox, good for `routerLifetime`.
  public func routerToken(sandboxID: String, taskID: String) async throws(SandlotError) -> String {
    let target = RouterTarget(sandboxID: sandboxID, taskID: taskID)
    return try await sign(.router, lifetime: Self.routerLifetime, target: target)
  }

  /// Checks that a token opens the router for a task, and says for which sandbox it was made.
  ///
  /// - Throws: `unauthenticated` where it is no router token of this server or has expired;
  ///   `permissionDenied` where it belongs to another task.
  @discardableResult
  public func verifyRouter(
    _ token: String, taskID: String
  ) async throws(SandlotError) -> RouterTarget {
    let claims = try await verifiedClaims(token)
    guard claims.kind == .router, let target = claims.target else {
      throw refusal("The token is not one for a sandbox's router.")
    }
    guard now() < claims.expiration.value else {
      throw refusal("The router token has expired.")
    }
    guard target.taskID == taskID else {
      throw SandlotError(
        .permissionDenied,
        "The router token belongs to sandbox '\(target.sandboxID)', and not to task '\(taskID)'.",
        hint: "Use the handle of the sandbox that the task belongs to.")
    }
    return target
  }

  private func sign(
    _ kind: AccessClaims.Kind, lifetime: TimeInterval, target: RouterTarget?
  ) async throws(SandlotError) -> String {
    let issued = Date(timeIntervalSince1970: now().timeIntervalSince1970.rounded(.down))
    let claims = AccessClaims(
      kind: kind, expiration: ExpirationClaim(value: issued.addingTimeInterval(lifetime)),
      issued: IssuedAtClaim(value: issued), sandboxID: target?.sandboxID, taskID: target?.taskID)
    do { return try await keys.sign(claims) } catch {
      throw SandlotError(.internal, "A token could not be signed: \(error).")
    }
  }

  /// The claims of a token that this server signed, whatever it is for and however old.
  private func verifiedClaims(_ token: String) async throws(SandlotError) -> AccessClaims {
    do { return try await keys.verify(token, as: AccessClaims.self) } catch {
      if let error = error as? JWTError, error.errorType == .signatureVerificationFailed {
        throw refusal("The router token is not signed by this server.")
      }
      throw refusal("The router token is not a JWT of this server.")
    }
  }

  private func refusal(_ message: String) -> SandlotError {
    SandlotError(
      .unauthenticated, message,
      hint: "Look the sandbox up again with modal.Sandbox.from_id to get a new one.")
  }
}
