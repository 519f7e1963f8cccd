import Foundation

/// What a collection removed.
public struct MountCollection: Sendable, Equatable {
  /// Contents that no mount has.
  public var contents = 0
  /// Archives.
  public var archives = 0
}

extension Mounts {
  /// How old the list of a mount that is not in the store must be: one that is just being made is not
  /// there yet.
  private static let unfinishedAge: TimeInterval = 3600

  /// Removes what nobody needs any more: mounts without a name that no living sandbox has and that were
  /// not used for long, contents that no mount has and that were neither sent nor asked for lately,
  /// archives that were not used lately or are too many.
  @discardableResult
  public func collect() async throws -> MountCollection {
    let time = now()
    let used = try await store.removeMounts(
      unusedSince: time.addingTimeInterval(-limits.mountRetention))
    var removed = MountCollection()
    removed.contents = try await offPool { [trees, blobs, limits] in
      try trees.remove(before: time.addingTimeInterval(-Self.unfinishedAge), except: used)
      return try blobs.removeUnused(
        since: time.addingTimeInterval(-limits.looseRetention), except: trees.contents())
    }
    removed.archives = try evictArchives()
    return removed
  }
}
