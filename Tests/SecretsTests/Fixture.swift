import Errors
import Foundation
import Secrets
import Store
import Synchronization
import Testing
import Tokens

/// Secrets in a database in memory, with a clock that the test moves.
final class Fixture: Sendable {
  let store: Store
  let secrets: Secrets
  private let time = Moment()

  init(store: Store? = nil, key: SealingKey = .generate()) throws {
    let store = try store ?? Store()
    self.store = store
    secrets = Secrets(store: store, key: key, now: { [time] in time.now })
  }

  /// Moves the clock.
  func pass(_ seconds: TimeInterval) { time.pass(seconds) }

  /// A named secret of the default environment.
  @discardableResult
  func create(
    _ name: String, _ variables: [String: String] = ["K": "v"],
    existing: ExistingSecret = .refuse
  ) async throws -> SecretInfo {
    try await secrets.create(
      name: name, environment: "main", variables: variables, existing: existing)
  }

  /// The variables of a secret.
  func variables(_ id: String) async throws -> [String: String]? {
    try await secrets.variables(of: [id])[id]
  }
}

private final class Moment: Sendable {
  private let date = Mutex(Date(timeIntervalSince1970: 1_700_000_000))

  var now: Date { date.withLock { $0 } }

  func pass(_ seconds: TimeInterval) { date.withLock { $0 += seconds } }
}

/// The code of the error that an operation throws.
func code(_ operation: () async throws -> Void) async -> SandlotError.Code? {
  await #expect(throws: SandlotError.self) { try await operation() }?.code
}
