import Errors
import Foundation
import Store

/// What concerns all apps of an environment.
extension AppRegistry {
  /// How long a stopped app is listed.
  public static let listedAfterStop: TimeInterval = 24 * 60 * 60

  /// The environment of this name; the empty name means the default one. Throws `notFound`.
  public nonisolated func environment(named name: String) async throws -> AppEnvironment {
    try await environments.find(name)
  }

  /// Deletes an environment with its secrets, stops its apps, and ends their sandboxes.
  public func deleteEnvironment(_ name: String) async throws {
    for app in try await environments.delete(name) { await forget(app) }
  }

  /// The apps of an environment, newest first: those that run and those stopped within
  /// `listedAfterStop`.
  public func list(environment: String) async throws -> [AppRow] {
    let environment = try await self.environment(named: environment)
    return try await store.apps(
      environment: environment.name, stoppedAfter: now().addingTimeInterval(-Self.listedAfterStop))
  }

  /// The app of this name that runs, else the one that was stopped last; nil where there was none.
  public func latest(name: String, environment: AppEnvironment) async throws -> AppRow? {
    if let app = try await store.app(named: name, environment: environment.name) { return app }
    return try await store.stoppedApp(named: name, environment: environment.name)
  }
}
