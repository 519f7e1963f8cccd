import Errors
import Foundation
import Identifiers
import Store
import Tokens

/// The secrets of a server: makes, finds, changes and removes them, and hands out their variables.
///
/// Variables are in the store encrypted only, each secret's for its own id; nothing but
/// `variables(of:)` returns them.
public actor Secrets {
  /// How long an anonymous secret is kept that nobody uses.
  public static let anonymousRetention: TimeInterval = 7 * 24 * 60 * 60

  let store: Store
  let key: SealingKey
  let now: @Sendable () -> Date
  private var newest: Date?

  /// Secrets in a store, sealed with `key`.
  public init(
    store: Store, key: SealingKey, now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.store = store
    self.key = key
    self.now = now
  }

  /// Makes a named secret in an environment; `existing` says what happens where there is one.
  ///
  /// Throws `SandlotError`: `alreadyExists`, `invalidArgument` for a name or variable that cannot
  /// be.
  public func create(
    name: String, environment: String, variables: [String: String],
    existing: ExistingSecret = .refuse
  ) async throws -> SecretInfo {
    guard ObjectName.isValid(name) else {
      throw SandlotError(
        .invalidArgument, "'\(name)' cannot be the name of a secret.", hint: ObjectName.rule)
    }
    let contents = try SecretContents(variables)
    do {
      return try await insert(contents, name: name, environment: environment)
    } catch let error as SandlotError where error.code == .alreadyExists {
      guard existing != .refuse,
        let found = try await store.secret(named: name, environment: environment)
      else {
        throw SandlotError(
          .alreadyExists, "The secret '\(name)' exists already in environment '\(environment)'.",
          hint: "Delete it first, or overwrite it: modal secret create --force.")
      }
      // The old variables are not even read: this is how a secret comes back whose key is lost.
      return existing == .keep ? SecretInfo(found) : try await change(found.id) { _ in contents }
    }
  }

  /// Makes a secret without a name; it goes with its app, or when nobody has used it for
  /// `anonymousRetention`.
  public func createAnonymous(
    environment: String, appID: String?, variables: [String: String]
  ) async throws -> SecretInfo {
    try await insert(SecretContents(variables), environment: environment, appID: appID)
  }

  /// Adds variables to a secret, replaces or, where the value is nil, removes them; the others
  /// stay. Throws `SandlotError.notFound`.
  @discardableResult
  public func update(_ id: String, _ changes: [String: String?]) async throws -> SecretInfo {
    try await change(id) { [key] row in
      var variables = try SecretContents(row, key: key).variables
      for (name, value) in changes { variables[name] = value }
      return try SecretContents(variables)
    }
  }

  /// Removes a secret; processes that have it keep it. Throws `SandlotError.notFound`.
  public func delete(_ id: String) async throws {
    guard try await store.removeSecret(id: id) else { throw Self.unknown(id) }
  }

  /// Removes the anonymous secrets whose time has come.
  public func removeAbandoned() async throws {
    try await store.removeAnonymousSecrets(
      unusedSince: now().addingTimeInterval(-Self.anonymousRetention))
  }

  private func insert(
    _ contents: SecretContents, name: String? = nil, environment: String, appID: String? = nil
  ) async throws -> SecretInfo {
    let id = Identifier.make(.secret)
    let row = SecretRow(
      id: id, name: name, environment: environment, appID: appID, keys: contents.keys,
      sealed: try contents.seal(for: id, key: key), createdAt: try await nextCreationTime())
    try await store.insert(row)
    return SecretInfo(row)
  }

  private func change(
    _ id: String, to newContents: @escaping @Sendable (SecretRow) throws -> SecretContents
  ) async throws -> SecretInfo {
    let row = try await store.updateSecret(id: id) { [key] row in
      let contents = try newContents(row)
      row.keys = contents.keys
      row.sealed = try contents.seal(for: row.id, key: key)
    }
    guard let row else { throw Self.unknown(id) }
    return SecretInfo(row)
  }

  /// Now, and later than any secret before: clients page through lists by this time alone.
  private func nextCreationTime() async throws -> Date {
    let stored = newest == nil ? try await store.newestSecret() : nil
    let last = newest ?? stored ?? .distantPast
    let time = max(now(), last.addingTimeInterval(0.000_001))
    newest = Date(timeIntervalSince1970: time.timeIntervalSince1970)
    return newest ?? time
  }

  static func unknown(_ id: String) -> SandlotError {
    SandlotError(
      .notFound, "The secret \(id) does not exist.",
      hint: "It was deleted, or its app has ended; look it up or create it again.")
  }
}
