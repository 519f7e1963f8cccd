import Foundation
import Store

/// What a sandbox used in a range of time, and what it costs.
public struct UsageStatistics: Sendable, Equatable {
  /// The beginning of the range.
  public var since: Date
  /// The end of the range.
  public var until: Date
  /// How long the sandbox ran within the range, in seconds.
  public var seconds = 0.0
  /// How many datapoints the distributions are made of.
  public var datapoints = 0
  /// Physical cores in use; nil where no datapoint is kept of the range.
  public var cores: UsageDistribution?
  /// GiB of memory in use; nil where no datapoint is kept of the range.
  public var memoryGiB: UsageDistribution?
  /// Processor time that was used, in seconds of a physical core.
  public var coreSeconds = 0.0
  /// Processor time that is billed, in seconds of a physical core, to the millionth.
  public var billedCoreSeconds = 0.0
  /// Memory that is billed, in GiB times seconds, to the millionth.
  public var billedGiBSeconds = 0.0
  /// The price of exactly the two billed quantities; nil where nothing was used in the range.
  public var cost: UsageCost?

  /// The statistics of a range.
  ///
  /// - Parameters:
  ///   - total: The sum over the sandbox's life, where the range holds all of it; it is known longer
  ///     than the datapoints are. Otherwise the sum is that of the datapoints, of which one that is
  ///     only partly in the range counts with that part.
  package init(
    since: Date, until: Date, rows: [UsageRow], total: UsageAmount?, rates: BillingRates
  ) {
    self.since = since
    self.until = until
    let parts = rows.map { (row: $0, amount: $0.amount * $0.part(since: since, until: until)) }
      .filter { $0.amount != UsageAmount() }
    datapoints = parts.count
    cores = UsageDistribution(
      parts.map { (value: $0.amount.coreSeconds / $0.amount.seconds, seconds: $0.amount.seconds) })
    memoryGiB = UsageDistribution(
      parts.compactMap { part in
        part.row.memoryBytes.map { bytes in
          (value: Double(bytes) / UsageMeter.bytesPerGiB, seconds: part.amount.seconds)
        }
      })
    let amount = total ?? parts.reduce(into: UsageAmount()) { $0 += $1.amount }
    guard amount != UsageAmount() else { return }
    seconds = amount.seconds
    coreSeconds = amount.coreSeconds
    billedCoreSeconds = amount.billedCoreSeconds.roundedToMillionths
    billedGiBSeconds = amount.billedGiBSeconds.roundedToMillionths
    cost = UsageCost(
      billedCoreSeconds: billedCoreSeconds, billedGiBSeconds: billedGiBSeconds, rates: rates)
  }
}

extension UsageRow {
  /// How much of its time is in a range: 0 to 1. One without a length is in it or not.
  fileprivate func part(since: Date, until: Date) -> Double {
    let beginning = time.addingTimeInterval(-seconds)
    guard seconds > 0 else { return time >= since && time < until ? 1 : 0 }
    if beginning >= since && time <= until { return 1 }
    let inside = min(time, until).timeIntervalSince(max(beginning, since))
    return min(1, max(0, inside / seconds))
  }
}

extension UsageAmount {
  /// What the store knows of a sandbox.
  init(_ row: UsageTotalsRow) {
    self.init(
      seconds: row.seconds, coreSeconds: row.coreSeconds,
      billedCoreSeconds: row.billedCoreSeconds, billedGiBSeconds: row.billedGiBSeconds)
  }
}
