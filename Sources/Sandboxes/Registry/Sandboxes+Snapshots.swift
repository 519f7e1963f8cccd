import Errors

extension Sandboxes {
  /// A hundred years: what comes later is for ever.
  private static let longestLife: Int64 = 3_155_760_000

  /// Makes an image of a running sandbox's disk; returns the image's id. The sandbox runs on.
  ///
  /// Throws `SandlotError`: `invalidArgument` for an id that is empty or a time to live that is none,
  /// `notFound` where the sandbox has ended, `resourceExhausted` where the host's disk is full.
  public func snapshotFilesystem(taskID: String, _ request: SnapshotRequest) async throws -> String
  {
    guard !request.id.isEmpty else {
      throw SandlotError(.invalidArgument, "The snapshot has no id.")
    }
    if let seconds = request.secondsToLive, !(1...Self.longestLife).contains(seconds) {
      throw SandlotError(
        .invalidArgument,
        "A snapshot cannot be kept for \(seconds) seconds (ttl); 1 to \(Self.longestLife) can be.",
        hint: "Give ttl=None to keep it until it is removed.")
    }
    return try await sandbox(taskID: taskID).snapshotFilesystem(request)
  }
}
