import Foundation
import Store
import Testing

@Suite struct UsageTests {
  private func row(_ sandboxID: String, endingAt time: Double) -> UsageRow {
    UsageRow(
      sandboxID: sandboxID, time: Date(timeIntervalSince1970: time), seconds: 10, coreSeconds: 1,
      billedCoreSeconds: 2, billedGiBSeconds: 3, memoryBytes: nil)
  }

  private func usage(_ store: Store, _ since: Double, _ until: Double) async throws -> [Double] {
    try await store.usage(
      sandboxID: "sb-1", since: Date(timeIntervalSince1970: since),
      until: Date(timeIntervalSince1970: until)
    ).map(\.time.timeIntervalSince1970)
  }

  @Test func totalsAreTheSum() async throws {
    let store = try Store()
    try await store.addUsage([row("sb-1", endingAt: 110), row("sb-2", endingAt: 110)])
    try await store.addUsage([row("sb-1", endingAt: 120)])
    try await store.addUsage([])
    let totals = try await store.usageTotals(sandboxIDs: ["sb-1", "sb-2", "sb-3"])
    #expect(
      totals["sb-1"]
        == UsageTotalsRow(
          sandboxID: "sb-1", seconds: 20, coreSeconds: 2, billedCoreSeconds: 4,
          billedGiBSeconds: 6))
    #expect(totals["sb-2"]?.seconds == 10)
    #expect(totals["sb-3"] == nil)
  }

  @Test func aRangeHasWhatTouchesIt() async throws {
    let store = try Store()
    for time in [110.0, 120, 130] { try await store.addUsage([row("sb-1", endingAt: time)]) }
    #expect(try await usage(store, 0, 1000) == [110, 120, 130])
    #expect(try await usage(store, 115, 118) == [120])
    #expect(try await usage(store, 110, 120) == [120])
    #expect(try await usage(store, 130, 1000) == [])
    #expect(try await usage(store, 0, 100) == [])
    let row = try await store.usage(
      sandboxID: "sb-1", since: .distantPast, until: Date(timeIntervalSince1970: 105)
    ).first
    #expect(row == self.row("sb-1", endingAt: 110))
  }

  @Test func onlyOldDatapointsGo() async throws {
    let store = try Store()
    for (id, finished) in [("sb-1", 200.0), ("sb-2", 300)] {
      try await store.insertSandbox(
        SandboxRow(id: id, taskID: "ta-\(id)", appID: "ap-1", createdAt: .distantPast))
      try await store.markSandboxFinished(
        id: id, result: "{}", at: Date(timeIntervalSince1970: finished))
      try await store.addUsage([row(id, endingAt: 110)])
    }
    try await store.insertSandbox(
      SandboxRow(id: "sb-3", taskID: "ta-sb-3", appID: "ap-1", createdAt: .distantPast))
    try await store.addUsage([row("sb-3", endingAt: 110)])
    let limit = Date(timeIntervalSince1970: 250)
    #expect(try await store.removeUsage(ofSandboxesFinishedBefore: limit) == 1)
    #expect(try await store.removeUsage(ofSandboxesFinishedBefore: limit) == 0)
    #expect(try await !store.hasUsage(sandboxID: "sb-1"))
    #expect(try await store.hasUsage(sandboxID: "sb-2"))
    #expect(try await store.hasUsage(sandboxID: "sb-3"))
    #expect(try await store.usageTotals(sandboxIDs: ["sb-1"])["sb-1"]?.seconds == 10)
  }
}
