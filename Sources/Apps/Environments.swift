import Errors
import Foundation
import Identifiers
import Store

/// A name space of apps and secrets.
public typealias AppEnvironment = EnvironmentRow

extension AppEnvironment {
  /// The image builder's version, which decides what the SDK sends for its default image. 2025.06
  /// pins the patch version of the base image and needs no files from the client.
  public static let imageBuilderVersion = "2025.06"
}

/// The environments: one is there from the beginning, and requests without a name mean it.
public struct Environments: Sendable {
  private let store: Store
  private let now: @Sendable () -> Date

  init(store: Store, now: @escaping @Sendable () -> Date) {
    self.store = store
    self.now = now
  }

  /// What an environment is changed to; nil leaves what is.
  public struct Changes: Sendable {
    /// What requests call it.
    public var name: String?
    /// A word that its users may set.
    public var webSuffix: String?

    /// No change.
    public init() {}
  }

  /// The environment of this name; the empty name means the default one. Throws `notFound`.
  public func find(_ name: String) async throws -> AppEnvironment {
    guard let environment = try await store.environment(named: name.isEmpty ? nil : name) else {
      throw SandlotError(
        .notFound, "The environment '\(name)' does not exist.",
        hint: "Create it with 'modal environment create \(name)', or set MODAL_ENVIRONMENT to one "
          + "that 'modal environment list' shows.")
    }
    return environment
  }

  /// All environments, the oldest first.
  public func list() async throws -> [AppEnvironment] { try await store.environments() }

  /// Makes an environment. Throws `alreadyExists`, `invalidArgument` for a name that cannot be.
  @discardableResult
  public func create(_ name: String) async throws -> AppEnvironment {
    try ObjectName.check(name, of: "an environment")
    let environment = AppEnvironment(
      id: Identifier.make(.environment), name: name, createdAt: now())
    try await refusingDuplicate(name) { try await store.insert(environment) }
    return environment
  }

  /// Changes an environment; what lives in it stays. Throws as `find` and `create` do.
  public func update(_ name: String, _ changes: Changes) async throws -> AppEnvironment {
    var environment = try await find(name)
    if let name = changes.name {
      try ObjectName.check(name, of: "an environment")
      environment.name = name
    }
    environment.webSuffix = changes.webSuffix ?? environment.webSuffix
    let changed = environment
    try await refusingDuplicate(changed.name) { try await store.update(changed) }
    return changed
  }

  /// Removes an environment with its secrets and stops its apps; returns their ids, since their
  /// sandboxes are to be ended. The default one stays.
  func delete(_ name: String) async throws -> [String] {
    let environment = try await find(name)
    guard !name.isEmpty, !environment.isDefault else {
      throw SandlotError(
        .failedPrecondition,
        "The environment '\(environment.name)' is the default one and cannot be deleted.")
    }
    return try await store.removeEnvironment(environment, at: now())
  }

  private func refusingDuplicate(_ name: String, _ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch let error as SandlotError where error.code == .alreadyExists {
      throw SandlotError(.alreadyExists, "The environment '\(name)' exists already.")
    }
  }
}
