import API
import Foundation
import ModalProtocol
import Sandboxes
import Store
import Testing

/// What the SDK gets for `_experimental_stats`.
@Suite struct StatisticsTranslationTests {
  private let since = Date(timeIntervalSince1970: 1_000_000)
  private let until = Date(timeIntervalSince1970: 1_000_100)

  private func response(_ rows: [UsageRow]) -> Modal_Client_SandboxGetStatsResponse {
    .init(
      UsageStatistics(
        since: since, until: until, rows: rows, total: nil,
        rates: BillingRates(
          perCoreSecond: Decimal(sign: .plus, exponent: -7, significand: 131),
          perGiBSecond: Decimal(sign: .plus, exponent: -8, significand: 222))))
  }

  @Test func everythingIsThere() {
    let response = response([
      UsageRow(
        sandboxID: "sb-1", time: since.addingTimeInterval(36), seconds: 36, coreSeconds: 18,
        billedCoreSeconds: 20, billedGiBSeconds: 36, memoryBytes: 1 << 29)
    ])
    #expect(response.since.seconds == 1_000_000 && response.until.seconds == 1_000_100)
    #expect(response.durationHours == 0.01)
    #expect(response.numDatapoints == 1)
    #expect(response.billedCpuCoreSeconds == 20 && response.billedMemoryGibSeconds == 36)
    #expect(response.cost == "0.00034192")
    #expect(response.costByResource == ["CPU": "0.000262", "Memory": "0.00007992"])
    let cores = response.percentileStats["CPU Usage (cores)"]
    #expect(cores?.unit == "cores")
    #expect(cores?.percentiles.map(\.percentileBasisPoints) == [5000, 9000, 9900])
    #expect(cores?.percentiles.map(\.value) == [0.5, 0.5, 0.5])
    #expect(response.percentileStats["Memory Usage (GiB)"]?.percentiles.first?.value == 0.5)
    #expect(response.cpuCores.mean == 0.5 && response.memoryGib.max == 0.5)
  }

  @Test func whatIsNotKnownIsLeftOut() {
    let response = response([])
    #expect(!response.hasCost)
    #expect(response.costByResource.isEmpty && response.percentileStats.isEmpty)
    #expect(response.durationHours == 0 && response.numDatapoints == 0)
  }
}
