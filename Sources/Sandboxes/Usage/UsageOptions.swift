/// How use is sampled, kept and priced.
public struct UsageOptions: Sendable {
  /// How often processor time is read. Of each such stretch the greater of requested and used is
  /// billed.
  public var sampling: Duration = .seconds(1)
  /// How many of these stretches make a datapoint, for which the guest is asked for its memory once:
  /// that wakes it, so it is not done with each.
  public var samplesPerDatapoint = 10
  /// How long the datapoints of a finished sandbox are kept; its totals stay. A day of one sandbox
  /// is 8,640 datapoints of some 100 bytes.
  public var retention: Duration = .seconds(7 * 24 * 3600)
  /// The prices at which costs are told, also of what was used before they were set.
  public var rates: BillingRates

  /// Options with the usual intervals.
  public init(rates: BillingRates = BillingRates()) {
    self.rates = rates
  }
}
