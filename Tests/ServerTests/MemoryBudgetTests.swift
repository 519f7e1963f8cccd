import Sandboxes
import Server
import Settings
import Testing

@Suite struct MemoryBudgetTests {
  private func budget(
    _ values: [SettingKey: String] = [:], hostMiB: Int64 = 24105
  ) throws -> Int {
    try MemoryBudget.mebibytes(
      settings(values), host: HostResources(memoryMiB: hostMiB, processors: 2))
  }

  private func settings(_ values: [SettingKey: String]) throws -> Settings {
    try Settings(
      sources: [.options(values)],
      defaults: Settings.Defaults(dataDirectory: "/srv", guestCertificates: []))
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
  @Test func moreThanTheHostHasIsWarnedOf() throws {
    let host = HostResources(memoryMiB: 8192, processors: 2)
    #expect(MemoryBudget.warning(try settings([:]), host: host) == nil)
    #expect(MemoryBudget.warning(try settings([.memoryBudget: "8192"]), host: host) == nil)
    let warning = try #require(
      MemoryBudget.warning(settings([.memoryBudget: "8193"]), host: host))
    #expect(warning.contains("8193") && warning.contains("8192"))
  }
}
