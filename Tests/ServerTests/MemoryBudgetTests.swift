import Sandboxes
import Server
import Settings
import Testing

@Suite struct MemoryBudgetTests {
  private func budget(
    _ values: [SettingKey: String] = [:], hostMiB: Int64 = 24105
  ) throws -> Int {
    let settings = try Settings(
      sources: [.options(values)],
      defaults: Settings.Defaults(dataDirectory: "/srv", guestCertificates: []))
    return MemoryBudget.mebibytes(
      settings, host: HostResources(memoryMiB: hostMiB, processors: 2))
  }

  @Test func theHostKeepsAReserve() throws {
    #expect(try budget() == 22840)
    #expect(try budget(hostMiB: 2048) == 1472)
    #expect(try budget(hostMiB: 262_144) == 253_440)
    #expect(try budget(hostMiB: 512) == 128)
  }

  @Test func twentyTwoMachinesOfOneGibibyteFitIntoTwentyFour() throws {
    #expect(try budget() / 1024 == 22)
  }

  @Test func theOperatorDecides() throws {
    #expect(try budget([.memoryBudget: "4096"]) == 4096)
    #expect(try budget([.memoryOvercommit: "2"]) == 45680)
    #expect(try budget([.memoryBudget: "4096", .memoryOvercommit: "1.5"]) == 6144)
  }
}
