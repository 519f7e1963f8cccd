import Errors
import Foundation
import Logging
import SystemPackage

/// Makes the templates that are missing, one at a time, beside everything else.
actor TemplateWorkshop {
  /// How long a profile whose template could not be made is left alone.
  private static let pause: Duration = .seconds(60)

  private let store: TemplateStore
  private let logger: Logger
  private let make: @Sendable (MachineProfile, FilePath) async throws -> Template.Description
  private var works: [MachineProfile: Task<Void, any Error>] = [:]
  private var last: Task<Void, any Error>?
  private var failures: [MachineProfile: ContinuousClock.Instant] = [:]
  private var isClosed = false

  /// A workshop that fills a store; `make` saves a machine's state in a directory.
  init(
    store: TemplateStore, logger: Logger,
    make: @escaping @Sendable (MachineProfile, FilePath) async throws -> Template.Description
  ) {
    self.store = store
    self.logger = logger
    self.make = make
  }

  /// Has a template made soon; nobody waits for it.
  func order(_ profile: MachineProfile) {
    if let failed = failures[profile], .now - failed < Self.pause { return }
    _ = work(on: profile)
  }

  /// Makes a template now, and returns when it is in the store.
  func finish(_ profile: MachineProfile) async throws {
    try await work(on: profile)?.value
  }

  /// Stops all work, and returns when nothing of it is left.
  func close() async {
    isClosed = true
    let pending = Array(works.values)
    pending.forEach { $0.cancel() }
    for task in pending { _ = await task.result }
  }

  private func work(on profile: MachineProfile) -> Task<Void, any Error>? {
    if let running = works[profile] { return running }
    guard !isClosed else { return nil }
    let before = last
    let task = Task {
      _ = await before?.result
      defer { works[profile] = nil }
      do {
        try Task.checkCancellation()
        try await produce(profile)
        failures[profile] = nil
      } catch {
        if !(error is CancellationError) {
          failures[profile] = .now
          logger.warning("no template for \(profile.description): \(error)")
        }
        throw error
      }
    }
    works[profile] = task
    last = task
    return task
  }

  private func produce(_ profile: MachineProfile) async throws {
    guard try await store.template(for: profile) == nil else { return }
    let start = ContinuousClock.now
    let draft = try await store.makeDraft(for: profile)
    do {
      let description = try await make(profile, draft)
      try HostFiles.write(
        Array(JSONEncoder().encode(description)), to: Template.description(in: draft))
      try await store.adopt(draft, for: profile)
    } catch {
      store.remove(draft)
      throw error
    }
    logger.info(
      "made a template",
      metadata: [
        "profile": "\(profile.description)", "seconds": "\((.now - start) / .seconds(1))",
      ])
  }
}
