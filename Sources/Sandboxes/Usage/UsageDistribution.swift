/// How a quantity was spread over time.
public struct UsageDistribution: Sendable, Equatable {
  /// A value that the quantity did not exceed for a part of the time.
  public struct Percentile: Sendable, Equatable {
    /// The part, in hundredths of a percent.
    public var basisPoints: UInt32
    /// The value.
    public var value: Double

    /// A percentile.
    public init(basisPoints: UInt32, value: Double) {
      self.basisPoints = basisPoints
      self.value = value
    }
  }

  /// The parts that the SDK shows: 50, 90 and 99 %.
  package static let basisPoints: [UInt32] = [5000, 9000, 9900]

  /// The 50th, 90th and 99th percentile.
  public var percentiles: [Percentile]
  /// The mean over time.
  public var mean: Double
  /// The greatest value.
  public var maximum: Double

  /// The distribution of values that each held for some seconds; nil where none held for any time.
  ///
  /// A percentile is weighted by time: the smallest value that, with all smaller ones, held for at
  /// least that part of the time. So a short datapoint counts for as little as it lasted, and for
  /// datapoints of one length this is the nearest-rank percentile.
  package init?(_ values: [(value: Double, seconds: Double)]) {
    let ascending = values.filter { $0.seconds > 0 }.sorted { $0.value < $1.value }
    guard let greatest = ascending.last?.value else { return nil }
    let time = ascending.reduce(0) { $0 + $1.seconds }
    percentiles = Self.basisPoints.map { part in
      // The sum of the parts may miss the whole by the last bit of a number.
      let wanted = time * Double(part) / 10_000 - time * 1e-9
      var reached = 0.0
      let first = ascending.first {
        reached += $0.seconds
        return reached >= wanted
      }
      return Percentile(basisPoints: part, value: first?.value ?? greatest)
    }
    mean = ascending.reduce(0) { $0 + $1.value * $1.seconds } / time
    maximum = greatest
  }
}
