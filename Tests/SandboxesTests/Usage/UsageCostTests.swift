import Foundation
import Sandboxes
import Testing

@Suite struct UsageCostTests {
  private let rates = BillingRates(
    perCoreSecond: Decimal(sign: .plus, exponent: -7, significand: 131),
    perGiBSecond: Decimal(sign: .plus, exponent: -8, significand: 222))

  @Test(arguments: [
    (6.123457, 12.5, "0.0000802172867", "0.00002775", "0.0001079672867"),
    (0, 0, "0", "0", "0"),
    (0.000001, 0.000001, "0.0000000000131", "0.00000000000222", "0.00000000001532"),
    (1, 0, "0.0000131", "0", "0.0000131"),
    (86_400_000_000, 3, "1131840", "0.00000666", "1131840.00000666"),
  ])
  func isExactAndPlain(
    cores: Double, memory: Double, cpu: String, gib: String, total: String
  ) {
    let cost = UsageCost(billedCoreSeconds: cores, billedGiBSeconds: memory, rates: rates)
    #expect(cost.cpu.description == cpu)
    #expect(cost.memory.description == gib)
    #expect(cost.total.description == total)
  }

  @Test func countsToTheMillionth() {
    let cost = UsageCost(
      billedCoreSeconds: 0.1 + 0.2, billedGiBSeconds: 0.000_000_4,
      rates: BillingRates(perCoreSecond: 1, perGiBSecond: 1))
    #expect(cost.cpu.description == "0.3")
    #expect(cost.memory.description == "0")
  }

  @Test func withoutRatesItIsFree() {
    let cost = UsageCost(billedCoreSeconds: 5, billedGiBSeconds: 5, rates: BillingRates())
    #expect(cost.total == 0)
  }
}
