import Machines
import Testing

@Suite struct SparePolicyTests {
  private let policy = SparePolicy(minimum: 2, maximum: 4)

  @Test(arguments: [(0, 2), (4, 2), (9, 3), (16, 4), (500, 4)])
  func theUsualMachineHasSparesAndMoreUnderDemand(launches: Int, target: Int) {
    #expect(policy.target(isUsual: true, launches: launches) == target)
  }

  @Test(arguments: [(0, 0), (1, 1), (5, 2), (500, 4)])
  func anotherHasThemUnderDemandOnly(launches: Int, target: Int) {
    #expect(policy.target(isUsual: false, launches: launches) == target)
  }

  @Test func withoutAMinimumThereAreNone() {
    #expect(SparePolicy(minimum: 0).target(isUsual: true, launches: 100) == 0)
  }
}
