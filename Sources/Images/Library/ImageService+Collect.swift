import Errors
import Foundation
import Store

/// What a collection removed.
public struct ImageCollection: Sendable, Equatable {
  /// How many images.
  public var images = 0
  /// How many disks of build steps.
  public var cachedSteps = 0
  /// How many layers.
  public var layers = 0
  /// What the layers took on disk.
  public var bytes: Int64 = 0

  /// A collection that removed so much.
  public init(images: Int = 0, cachedSteps: Int = 0, layers: Int = 0, bytes: Int64 = 0) {
    self.images = images
    self.cachedSteps = cachedSteps
    self.layers = layers
    self.bytes = bytes
  }
}

extension ImageCollection {
  fileprivate mutating func add(_ other: ImageCollection) {
    images += other.images
    cachedSteps += other.cachedSteps
    layers += other.layers
    bytes += other.bytes
  }
}

extension ImageService {
  /// Removes what nobody has used for longer than the policy's time, and then the least recently used
  /// while all together take more than they may.
  ///
  /// What a sandbox, a name or a running build uses is never removed, nor a base that was imported.
  /// - Parameter unusedFor: Instead of the policy's time.
  public func collect(unusedFor: TimeInterval? = nil) async throws -> ImageCollection {
    let limits = context.libraryLimits
    let now = context.now()
    let contents = try await context.store.libraryContents()
    var account = LayerAccount(contents, in: context.layers)
    let expiry = now.addingTimeInterval(-(unusedFor ?? limits.retention))
    var doomed = Doomed()
    for candidate in try await candidates(contents, before: now) {
      guard
        candidate.isExpired || candidate.lastUsedAt < expiry || account.total > limits.totalBytes
      else { break }
      doomed.add(candidate)
      account.remove(candidate.layers)
    }
    let grace = now.addingTimeInterval(-limits.grace)
    var result = try await remove(doomed, contents, before: grace)
    result.add(try await collectBases(before: expiry, grace))
    let swept = try await sweep()
    result.add(ImageCollection(layers: swept.layers, bytes: swept.bytes))
    return result
  }

  /// Removes one image; a build of it that is under way is stopped.
  ///
  /// Throws `SandlotError`: `notFound`, and `failedPrecondition` where a sandbox, a name or an image
  /// that is built on it uses it.
  public func remove(_ id: String) async throws -> ImageCollection {
    guard let row = try await context.store.image(id: id) else { throw Self.unknown(id) }
    var contents = try await context.store.libraryContents()
    let children = contents.images.filter { $0.parent == id }
      .map { "image \($0.id), which is built on it" }
    let uses = (try await context.uses.uses()[id] ?? []) + children
    guard uses.isEmpty else {
      throw SandlotError(
        .failedPrecondition, "The image '\(id)' is used by \(uses.joined(separator: ", ")).",
        hint: "End or remove those first; a name goes with: modal image names delete NAME:TAG.")
    }
    await stopBuild(of: id)
    contents = try await context.store.libraryContents()
    var doomed = Doomed()
    doomed.images = [id]
    // Its steps' disks go with it where no other image has them: they would keep all its layers.
    let others = Set(contents.images.filter { $0.id != id }.flatMap(\.layers))
    doomed.steps = contents.steps.filter { step in
      step.layers.contains { !others.contains($0) && row.layers.contains($0) }
    }.map(\.key)
    return try await remove(doomed, contents, before: .distantFuture)
  }

  private struct Doomed {
    var images: [String] = []
    var steps: [String] = []

    mutating func add(_ candidate: Candidate) {
      switch candidate.kind {
      case .image(let id): images.append(id)
      case .step(let key): steps.append(key)
      }
    }
  }

  private struct Candidate {
    enum Kind {
      case image(String)
      case step(String)
    }

    var kind: Kind
    var layers: [String]
    var lastUsedAt: Date
    /// Whether it is a snapshot whose time is over.
    var isExpired = false
  }

  /// What may go, the least recently used first.
  private func candidates(
    _ contents: LibraryContents, before now: Date
  ) async throws -> [Candidate] {
    let used = Set(try await context.uses.uses().keys)
    // A snapshot is what its user has made, and cannot be built again: it goes when its time is over.
    let images = contents.images.filter { image in
      !used.contains(image.id) && !isBuilding(image.id)
        && (image.snapshotOf == nil || image.expiresAt.map { $0 <= now } ?? false)
    }.map { image in
      Candidate(
        kind: .image(image.id), layers: image.layers, lastUsedAt: image.lastUsedAt,
        isExpired: image.snapshotOf != nil)
    }
    let steps = contents.steps.map {
      Candidate(kind: .step($0.key), layers: $0.layers, lastUsedAt: $0.lastUsedAt)
    }
    let limit = now.addingTimeInterval(-context.libraryLimits.grace)
    return (images + steps).filter { $0.lastUsedAt < limit }
      .sorted { ($0.isExpired ? 0 : 1, $0.lastUsedAt) < ($1.isExpired ? 0 : 1, $1.lastUsedAt) }
  }

  /// Forgets rows first and removes files then: what is cut short between leaves files that the next
  /// start of the server removes.
  private func remove(
    _ doomed: Doomed, _ contents: LibraryContents, before limit: Date
  ) async throws -> ImageCollection {
    let gone = try await context.store.removeUnused(
      images: doomed.images, steps: doomed.steps, before: limit)
    var account = LayerAccount(contents, in: context.layers)
    for image in contents.images where gone.images.contains(image.id) {
      account.remove(image.layers)
      try? LayerFiles.remove(context.log(of: image.id))
    }
    for step in contents.steps where gone.steps.contains(step.key) { account.remove(step.layers) }
    // A build that has just ended may need again what was needed by nobody.
    let needed = try await context.store.referencedLayers().union(context.holds.all)
    let orphans = account.orphans.filter { !needed.contains($0) }
    var result = ImageCollection(images: gone.images.count, cachedSteps: gone.steps.count)
    for name in orphans {
      result.bytes += account.size(of: name)
      try LayerFiles.remove(context.layers.path(name))
      result.layers += 1
    }
    return result
  }
}
