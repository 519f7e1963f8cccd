import Errors
import Foundation
import Store

extension Sandboxes {
  /// What is known of a sandbox, running or finished. Throws `SandlotError.notFound`.
  public func info(_ sandboxID: String) async throws -> SandboxInfo {
    guard let row = try await store.sandbox(id: sandboxID) else {
      throw SandlotError(.notFound, "Sandbox \(sandboxID) does not exist.")
    }
    return try SandboxInfo(row)
  }

  /// What is known of a task's sandbox, running or finished. Throws `SandlotError.notFound`.
  public func info(taskID: String) async throws -> SandboxInfo {
    guard let row = try await store.sandbox(taskID: taskID) else {
      throw SandlotError(.notFound, "Task \(taskID) does not exist.")
    }
    return try SandboxInfo(row)
  }

  /// Sandboxes, newest first.
  ///
  /// - Parameters:
  ///   - appID: Only this app's; nil means all.
  ///   - environment: Only those of the apps of this environment; nil means all.
  ///   - includeFinished: Whether finished ones count too.
  ///   - tags: Only those that carry all of these.
  ///   - before: Only those created strictly earlier: the end of the page before.
  ///   - limit: The size of a page.
  public func list(
    appID: String? = nil, environment: String? = nil, includeFinished: Bool = false,
    tags: [String: String] = [:], before: Date? = nil, limit: Int = 100
  ) async throws -> [SandboxInfo] {
    let query = SandboxQuery(
      appID: appID, environment: environment, includeFinished: includeFinished, tags: tags,
      before: before, limit: limit)
    return try await store.sandboxes(query).map { try SandboxInfo($0) }
  }

  /// The running sandbox of this name; where there is none and finished ones count too, the newest
  /// that had it.
  ///
  /// Throws `SandlotError.notFound`.
  ///
  /// - Parameter appName: What its user calls the app, for the error.
  public func find(
    name: String, appID: String, appName: String? = nil, includeFinished: Bool = false
  ) async throws -> SandboxInfo {
    // A running one may be older than a finished one: it can have got its name later.
    for finishedToo in includeFinished ? [false, true] : [false] {
      let query = SandboxQuery(appID: appID, name: name, includeFinished: finishedToo, limit: 1)
      if let row = try await store.sandboxes(query).first { return try SandboxInfo(row) }
    }
    let app = appName.map { "The app '\($0)'" } ?? "App \(appID)"
    throw SandlotError(
      .notFound,
      "\(app) has no \(includeFinished ? "" : "running ")sandbox named '\(name)'.",
      hint: includeFinished ? nil : "One that has ended is found with include_terminated=True.")
  }

  /// How many sandboxes of each app have not finished.
  public func countsByApp() -> [String: Int] {
    running.values.reduce(into: [:]) { $0[$1.specification.appID, default: 0] += 1 }
  }

  /// A sandbox's tags. Throws `SandlotError.notFound`.
  public func tags(_ sandboxID: String) async throws -> [String: String] {
    try await info(sandboxID).tags
  }

  /// Replaces a sandbox's tags. Throws `SandlotError.notFound`.
  public func setTags(_ tags: [String: String], of sandboxID: String) async throws {
    guard try await store.setSandboxTags(JSONText.encode(tags), id: sandboxID) else {
      throw SandlotError(.notFound, "Sandbox \(sandboxID) does not exist.")
    }
  }
}
