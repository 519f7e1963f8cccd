import Errors
import Foundation
import Store

extension Secrets {
  /// The secret of this name in an environment.
  ///
  /// Throws `SandlotError.notFound` where there is none, or where it lacks one of `requiredKeys`.
  public func find(
    name: String, environment: String, requiredKeys: [String] = []
  ) async throws -> SecretInfo {
    guard let row = try await store.secret(named: name, environment: environment) else {
      throw SandlotError(
        .notFound, "The secret '\(name)' does not exist in environment '\(environment)'.",
        hint: "Create it: modal secret create \(name) KEY=VALUE.")
    }
    let missing = requiredKeys.filter { !row.keys.contains($0) }
    guard missing.isEmpty else {
      throw SandlotError(
        .notFound,
        "The secret '\(name)' lacks required keys: \(missing.joined(separator: ", ")).",
        hint: "It has \(row.keys.isEmpty ? "none" : row.keys.joined(separator: ", ")).")
    }
    return SecretInfo(row)
  }

  /// What may be known of a secret. Throws `SandlotError.notFound`.
  public func info(_ id: String) async throws -> SecretInfo {
    guard let row = try await store.secret(id: id) else { throw Self.unknown(id) }
    return SecretInfo(row)
  }

  /// The named secrets of an environment, newest first.
  ///
  /// - Parameters:
  ///   - before: Only those made strictly earlier: the end of the page before.
  ///   - limit: The size of a page.
  public func list(
    environment: String, before: Date? = nil, limit: Int = 100
  ) async throws -> [SecretInfo] {
    try await store.secrets(environment: environment, before: before, limit: limit)
      .map(SecretInfo.init)
  }

  /// The variables of secrets, by id, for a process that is about to get them.
  ///
  /// Throws `SandlotError`: `notFound`, `failedPrecondition` where the sealing key is another one.
  public func variables(of ids: [String]) async throws -> [String: [String: String]] {
    var found: [String: [String: String]] = [:]
    for id in Set(ids) {
      guard let row = try await store.secret(id: id) else { throw Self.unknown(id) }
      found[id] = try SecretContents(row, key: key).variables
    }
    try await store.markSecretsUsed(ids: Array(found.keys), at: now())
    return found
  }
}
