import Errors
import Foundation
import Store

extension Sandboxes {
  /// What a sandbox, running or finished, used and costs within a range of time.
  ///
  /// - Parameters:
  ///   - since: The beginning of the range; nil means when the sandbox was created.
  ///   - until: The end of the range; nil means when it finished, or now.
  ///
  /// Throws `SandlotError`: `notFound`, `invalidArgument` for a range that ends before it begins,
  /// `failedPrecondition` for a part of the life of a sandbox that finished so long ago that only
  /// its totals are kept.
  public func statistics(
    _ sandboxID: String, since: Date? = nil, until: Date? = nil
  ) async throws -> UsageStatistics {
    if let since, let until, since >= until {
      throw SandlotError(
        .invalidArgument,
        "since (\(since.formatted(.iso8601))) must be before until (\(until.formatted(.iso8601))).")
    }
    let info = try await info(sandboxID)
    // Before the store is read: what is written in between counts once either way.
    let snapshot = await context.usage.snapshot(sandboxID)
    let end = info.finishedAt ?? context.now()
    let begin = since ?? min(info.createdAt, until ?? info.createdAt)
    let range = (since: begin, until: until ?? max(end, begin))
    var rows = try await store.usage(
      sandboxID: sandboxID, since: range.since, until: range.until)
    if let first = snapshot?.unwritten.first {
      rows = rows.filter { $0.time < first.time } + (snapshot?.unwritten ?? [])
    }
    var total: UsageAmount?
    if range.since <= info.startedAt ?? info.createdAt, range.until >= end {
      total = try await self.total(sandboxID, snapshot)
    } else {
      try await requireDatapoints(of: info)
    }
    return UsageStatistics(
      since: range.since, until: range.until, rows: rows, total: total,
      rates: context.usage.options.rates)
  }

  /// Forgets the datapoints of sandboxes that finished longer ago than `UsageOptions.retention`.
  public func removeOldUsage() async throws {
    let retention = context.usage.options.retention / .seconds(1)
    try await store.removeUsage(
      ofSandboxesFinishedBefore: context.now().addingTimeInterval(-retention))
  }

  private func total(
    _ sandboxID: String, _ snapshot: UsageSnapshot?
  ) async throws -> UsageAmount {
    if let snapshot { return snapshot.total }
    let rows = try await store.usageTotals(sandboxIDs: [sandboxID])
    return rows[sandboxID].map(UsageAmount.init) ?? UsageAmount()
  }

  private func requireDatapoints(of info: SandboxInfo) async throws {
    guard let finishedAt = info.finishedAt else { return }
    let retention = context.usage.options.retention / .seconds(1)
    guard context.now().timeIntervalSince(finishedAt) > retention,
      try await !store.hasUsage(sandboxID: info.id)
    else { return }
    throw SandlotError(
      .failedPrecondition,
      "The use of sandbox \(info.id) is not known by time any more: it finished at "
        + "\(finishedAt.formatted(.iso8601)), and datapoints are kept for \(Int(retention)) s.",
      hint: "Leave since and until out to get its totals.")
  }
}
