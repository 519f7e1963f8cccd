import Foundation
import Store

/// What may be known of a secret: everything but its values.
public struct SecretInfo: Sendable, Equatable {
  /// `st-…`.
  public var id: String
  /// The name; nil for one that only its id names.
  public var name: String?
  /// The environment's name.
  public var environment: String
  /// The names of its variables, sorted.
  public var keys: [String]
  /// When it was made.
  public var createdAt: Date
  /// When a sandbox, an exec or a build got it last.
  public var lastUsedAt: Date?

  init(_ row: SecretRow) {
    id = row.id
    name = row.name
    environment = row.environment
    keys = row.keys
    createdAt = row.createdAt
    lastUsedAt = row.lastUsedAt
  }
}

/// What to do where a named secret exists already.
public enum ExistingSecret: Sendable {
  /// Fail.
  case refuse
  /// Leave it as it is.
  case keep
  /// Give it the new variables in place of all it had.
  case replace
}
