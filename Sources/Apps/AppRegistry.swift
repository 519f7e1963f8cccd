import Errors
import Foundation
import Identifiers
import Logging
import Store

/// What to do where a named app does not exist, or does.
public enum AppCreation: Sendable {
  /// Only look.
  case never
  /// Make it where it is missing.
  case ifMissing
  /// Make it, and fail where it exists.
  case failIfExists
}

/// The apps: named ones, which live until they are stopped, and ephemeral ones, which live as long
/// as their client sends heartbeats.
public actor AppRegistry {
  /// How long an ephemeral app lives without a heartbeat. Clients send one every 15 seconds.
  public static let heartbeatGrace: Duration = .seconds(90)

  /// The name spaces of apps.
  public nonisolated let environments: Environments
  let store: Store
  let now: @Sendable () -> Date
  private let logger: Logger
  private let endSandboxes: @Sendable (_ appID: String) async -> Void
  private let uptime: @Sendable () -> Duration
  private var heartbeats: Heartbeats

  /// A registry.
  ///
  /// - Parameters:
  ///   - now: The time that is written down.
  ///   - uptime: A clock that nobody sets and that stands still while the host sleeps.
  ///   - endSandboxes: Ends every sandbox of an app that has ended.
  public init(
    store: Store, logger: Logger, now: @escaping @Sendable () -> Date = { Date() },
    uptime: @escaping @Sendable () -> Duration = AppRegistry.hostUptime(),
    endSandboxes: @escaping @Sendable (_ appID: String) async -> Void
  ) {
    self.store = store
    self.now = now
    environments = Environments(store: store, now: now)
    self.uptime = uptime
    self.logger = logger
    self.endSandboxes = endSandboxes
    heartbeats = Heartbeats(grace: Self.heartbeatGrace, now: uptime())
  }

  /// How long the host has been awake since now.
  public static func hostUptime() -> @Sendable () -> Duration {
    let start = SuspendingClock.now
    return { start.duration(to: .now) }
  }

  /// The app of this name, made where `creation` says so.
  public func find(
    name: String, environment: String, creation: AppCreation
  ) async throws -> AppRow {
    let environment = try await self.environment(named: environment)
    try ObjectName.check(name, of: "an app")
    if let app = try await store.app(named: name, environment: environment.name) {
      if creation == .failIfExists {
        throw SandlotError(.alreadyExists, "The app '\(name)' exists already.")
      }
      return app
    }
    guard creation != .never else {
      throw SandlotError(
        .notFound, "The app '\(name)' does not exist.",
        hint: "Pass create_if_missing=True to App.lookup to make it.")
    }
    let app = AppRow(
      id: Identifier.make(.app), name: name, environment: environment.name, description: name,
      state: .deployed, createdAt: now())
    do {
      try await store.insert(app)
      return app
    } catch let error as SandlotError where error.code == .alreadyExists && creation == .ifMissing {
      // Another call made it since the look above.
      guard let other = try await store.app(named: name, environment: environment.name) else {
        throw error
      }
      return other
    }
  }

  /// The app with this id.
  public func app(_ id: String) async throws -> AppRow {
    guard let app = try await store.app(id: id) else {
      throw SandlotError(
        .notFound, "The app '\(id)' does not exist.",
        hint: "Look it up by name: modal.App.lookup(name, create_if_missing=True).")
    }
    return app
  }

  /// The app with this id, where sandboxes can be created in it.
  public func openApp(_ id: String) async throws -> AppRow {
    let app = try await app(id)
    guard app.state != .stopped else {
      throw SandlotError(
        .failedPrecondition, "The app '\(app.name ?? id)' has been stopped.",
        hint: "Look it up again to get a new one.")
    }
    return app
  }

  /// Makes an app that lives as long as heartbeats come.
  public func createEphemeral(description: String, environment: String) async throws -> AppRow {
    let environment = try await self.environment(named: environment)
    let app = AppRow(
      id: Identifier.make(.app), name: nil, environment: environment.name,
      description: description, state: .ephemeral, createdAt: now())
    try await store.insert(app)
    heartbeats.note(app.id, at: uptime())
    return app
  }

  /// Notes that an ephemeral app's client lives.
  public func heartbeat(_ id: String) async throws {
    if try await openApp(id).state == .ephemeral { heartbeats.note(id, at: uptime()) }
  }

  /// Ends an ephemeral app whose client leaves; a named app stays.
  public func disconnect(_ id: String) async throws {
    if try await app(id).state == .ephemeral { try await stop(id) }
  }

  /// Ends an app and all its sandboxes. Idempotent.
  public func stop(_ id: String) async throws {
    guard try await app(id).state != .stopped else {
      heartbeats.forget(id)
      return
    }
    try await store.stopApp(id: id, at: now())
    // Not before it is stopped: the caretaker tries again where the store cannot be written now.
    await forget(id)
  }

  /// Expects no heartbeats of an app any more, and ends its sandboxes.
  func forget(_ id: String) async {
    heartbeats.forget(id)
    await endSandboxes(id)
  }

  /// Ends the ephemeral apps whose heartbeats stopped; to be called every few seconds.
  public func endAbandonedApps() async {
    for id in heartbeats.lost(at: uptime()) {
      logger.info("the app \(id) has lost its client and ends")
      do { try await stop(id) } catch { logger.error("the app \(id) could not be ended: \(error)") }
    }
  }

  /// Stops the ephemeral apps of an earlier server: their clients' heartbeats went unheard.
  public func recoverAfterRestart() async throws {
    try await store.stopEphemeralApps(at: now())
  }
}
