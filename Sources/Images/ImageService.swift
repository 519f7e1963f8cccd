import Dockerfile
import Errors
import Foundation
import Identifiers
import Logging
import Machines
import Mounts
import Store
import SystemPackage

/// The images: finds the one that a definition describes, or builds it.
///
/// A build goes on when its client leaves. One that fails is not remembered for ever: the next
/// request builds again, under the same id.
public actor ImageService {
  let context: BuildContext
  private var builds: [String: RunningBuild] = [:]
  private var lookups: [String: Task<ImageSummary, any Error>] = [:]
  private var isShutDown = false
  /// The last of the chains of snapshots that are being shortened.
  var shortening: Task<Void, Never>?
  /// The layers that the last sweep found nobody to need.
  var unneededLayers: Set<String> = []
  /// The beginnings of running sandboxes' chains in fewer layers.
  var shortChains: [String: ShortChain] = [:]

  private struct RunningBuild {
    let journal: BuildJournal
    /// Nil until the build is in the store.
    var task: Task<Void, Never>?
  }

  /// A service over a store.
  ///
  /// - Parameters:
  ///   - memory: The host's memory, shared with all else that starts machines.
  ///   - bases: Finds and fetches the images that `FROM` names.
  ///   - mounts: The files that clients have sent.
  ///   - toolBase: An image with Python, for the builder's own work.
  ///   - uses: What images are needed for besides.
  ///   - logs: The existing directory for the builds' logs.
  ///   - clock: Measures the builds' time limit.
  ///   - now: The time of day, for logs and rows.
  public init(
    store: Store, layers: LayerStore, launcher: any MachineLauncher, memory: MemoryLedger,
    bases: any BaseResolver, mounts: Mounts, toolBase: ResolvedBase, uses: any ImageUses,
    logs: FilePath, libraryLimits: LibraryLimits = LibraryLimits(),
    limits: BuildLimits = BuildLimits(), logger: Logger,
    clock: any Clock<Duration> = ContinuousClock(), now: @escaping @Sendable () -> Date = { Date() }
  ) {
    context = BuildContext(
      store: store, layers: layers, bases: bases, mounts: mounts, toolBase: toolBase, logs: logs,
      launcher: launcher, memory: memory, limits: limits,
      libraryLimits: libraryLimits, uses: uses,
      clock: clock, now: now, logger: logger)
  }

  /// The image of this definition; starts to build it where it is missing.
  ///
  /// Concurrent callers get the same id and share one build.
  /// - Parameters:
  ///   - forceBuild: Builds every step anew under a new id, which later callers get.
  ///   - ignoreCache: Builds every step anew under a new id, which nobody else gets.
  /// - Throws: `SandlotError`, before any id exists, for a Dockerfile that is wrong or not
  ///   supported, a base that cannot be had, and a parent that is not built.
  public func getOrCreate(
    _ definition: ImageDefinition, forceBuild: Bool = false, ignoreCache: Bool = false
  ) async throws -> ImageSummary {
    let plan = try await plan(definition, refresh: forceBuild || ignoreCache)
    guard !forceBuild, !ignoreCache else {
      return try await begin(plan, id: Identifier.make(.image), ignoreCache ? .none : .replace)
    }
    if let lookup = lookups[plan.key] { return try await lookup.value }
    let lookup = Task { try await find(plan) }
    lookups[plan.key] = lookup
    defer { lookups[plan.key] = nil }
    return try await lookup.value
  }

  private static let shuttingDown = SandlotError(
    .unavailable, "The server is shutting down and begins no build.")

  private static let lostEnd =
    "How the build ended could not be kept. Ask for the image again to build it."

  private func find(_ plan: BuildPlan) async throws -> ImageSummary {
    guard let found = try await context.store.image(key: plan.key) else {
      return try await begin(plan, id: Identifier.make(.image), .normal)
    }
    if builds[found.id] != nil { return try summary(of: found) }
    let row = try await settled(found)
    guard row.state == .built, context.layers.contains(row.layers) else {
      return try await begin(plan, id: row.id, .normal)
    }
    try await noteUse(of: row)
    return try summary(of: row)
  }

  /// Notes that an image is used; not more often than matters.
  func noteUse(of row: ImageRow) async throws {
    guard context.now().timeIntervalSince(row.lastUsedAt) > context.libraryLimits.grace / 10 else {
      return
    }
    try await context.store.useImage(id: row.id, at: context.now())
  }

  /// The row as it is after the build that was under way when it was read.
  private func settled(_ row: ImageRow) async throws -> ImageRow {
    guard row.state == .building, builds[row.id] == nil else { return row }
    return try await context.store.image(id: row.id) ?? row
  }

  private func begin(
    _ plan: BuildPlan, id: String, _ cache: CacheUse
  ) async throws -> ImageSummary {
    guard !isShutDown else { throw Self.shuttingDown }
    var row = ImageRow(
      id: id, key: cache == .none ? "\(plan.key) \(id)" : plan.key, state: .building,
      parent: plan.parent, config: try ConfigText.encode(plan.config), warnings: plan.warnings,
      createdAt: context.now())
    let journal = BuildJournal(
      path: context.log(of: id), limit: context.limits.logBytes, now: context.now)
    let build = ImageBuild(id: id, plan: plan, cache: cache, context: context, journal: journal)
    guard !plan.isConfigurationOnly else {
      row.layers = try await build.run()
      row.steps = build.history.steps
      row.state = .built
      try await context.store.save(row)
      let summary = try summary(of: row)
      journal.finish(summary.state)
      return summary
    }
    builds[id] = RunningBuild(journal: journal)
    do {
      try await context.store.save(row)
      guard !isShutDown else { throw Self.shuttingDown }
    } catch {
      builds[id] = nil
      throw error
    }
    builds[id]?.task = Task { [row] in await execute(build, row) }
    return try summary(of: row)
  }

  private func execute(_ build: ImageBuild, _ row: ImageRow) async {
    let row = await build.outcome(row) { await self.whyBuildsStop }
    var state = ImageState.failed(BuildFailure(message: row.failure ?? "The build failed."))
    do {
      try await context.store.save(row)
      state = try summary(of: row).state
    } catch {
      context.logger.error("the end of the build of \(row.id) cannot be kept: \(error)")
      state = .failed(BuildFailure(message: "The image cannot be kept: \(error)"))
    }
    builds[row.id] = nil
    build.journal.finish(state)
  }

  private var whyBuildsStop: String {
    isShutDown ? "the server was shut down" : "the image was removed"
  }

  /// What happens in a build after the given entry: what has been, then what comes.
  ///
  /// The stream ends after `.finished`; leaving it early does nothing to the build. Throws
  /// `notFound` for an unknown id.
  public func buildEvents(
    _ id: String, after entry: Int = 0
  ) async throws -> AsyncStream<BuildEvent> {
    if let build = builds[id] { return build.journal.events(after: entry) }
    var end = try await summary(id).state
    if end == .building, builds[id] == nil { end = try await summary(id).state }
    if let build = builds[id] { return build.journal.events(after: entry) }
    if end == .building { end = .failed(BuildFailure(message: Self.lostEnd)) }
    return BuildJournal.replay(context.log(of: id), after: entry, end: end)
  }

  var isBuilding: Bool { !builds.isEmpty }

  func isBuilding(_ id: String) -> Bool { builds[id] != nil }

  /// Stops the build of an image and waits until it is gone, where there is one.
  func stopBuild(of id: String) async {
    guard let task = builds[id]?.task else { return }
    task.cancel()
    await task.value
  }

  /// Stops all builds and waits until they are gone; no further one begins.
  public func shutDown() async {
    isShutDown = true
    let running = builds.values.compactMap(\.task)
    for task in running { task.cancel() }
    for task in running { await task.value }
    shortening?.cancel()
    await shortening?.value
  }
}
