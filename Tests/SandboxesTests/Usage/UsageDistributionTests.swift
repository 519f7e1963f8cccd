import Sandboxes
import Testing

@Suite struct UsageDistributionTests {
  private func values(_ distribution: UsageDistribution?) -> [Double]? {
    distribution?.percentiles.map(\.value)
  }

  @Test func ofEqualDatapointsItIsTheNearestRank() throws {
    let distribution = UsageDistribution((1...100).map { (value: Double($0), seconds: 10.0) })
    #expect(values(distribution) == [50, 90, 99])
    #expect(distribution?.percentiles.map(\.basisPoints) == [5000, 9000, 9900])
    #expect(distribution?.mean == 50.5)
    #expect(distribution?.maximum == 100)
  }

  @Test func aValueCountsForAsLongAsItHeld() {
    let distribution = UsageDistribution([(value: 9, seconds: 1), (value: 1, seconds: 9)])
    #expect(values(distribution) == [1, 1, 9])
    #expect(distribution?.mean == 1.8)
    #expect(distribution?.maximum == 9)
  }

  @Test func oneDatapointIsAllPercentiles() {
    #expect(values(UsageDistribution([(value: 0.3, seconds: 0.1)])) == [0.3, 0.3, 0.3])
  }

  @Test func nothingHasNone() {
    #expect(UsageDistribution([]) == nil)
    #expect(UsageDistribution([(value: 4, seconds: 0)]) == nil)
  }

  /// A tenth cannot be written in binary, so the sum of the parts misses the whole.
  @Test func theSumOfThePartsMayMissTheWhole() {
    let distribution = UsageDistribution((1...10).map { (value: Double($0), seconds: 0.1) })
    #expect(values(distribution) == [5, 9, 10])
  }
}
