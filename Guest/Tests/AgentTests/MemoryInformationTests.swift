import Agent
import Testing

@Suite struct MemoryInformationTests {
  @Test func readsTheTwoLinesThatMatter() {
    let text =
      "MemTotal:        1009216 kB\nMemFree: 1 kB\nMemAvailable:     900000 kB\nHugePages_Total:  0\n"
    let memory = MemoryInformation.parse(text)
    #expect(memory?.total == 1_009_216 << 10)
    #expect(memory?.available == 900_000 << 10)
  }

  @Test func aTextWithoutThemSaysNothing() {
    #expect(MemoryInformation.parse("MemTotal: 4 kB\n") == nil)
    #expect(MemoryInformation.parse("MemTotal: x kB\nMemAvailable: 4 kB\n") == nil)
  }
}
