import Errors
import Sandboxes
import Testing

/// How sandboxes stand, for the people who run the server.
@Suite struct OverviewTests {
  @Test func aRunningSandboxIsToldWithItsUse() async throws {
    let harness = try Harness(
      usage: UsageOptions(rates: BillingRates(perCoreSecond: 2, perGiBSecond: 3)))
    let sandbox = try await harness.start(.sample { $0.memoryMiB = 2048 })
    sandbox.machine.used.withLock {
      $0.guestMemoryBytes = 77
      $0.hostMemoryBytes = 99
    }
    await harness.pass(2, using: 0.75, in: sandbox)
    while sandbox.machine.used.withLock({ $0.memoryQuestions }) < 2 { await Task.yield() }
    let overview = try #require(try await harness.sandboxes.overview().first)
    #expect(overview.info.id == sandbox.info.id && overview.state == .running)
    #expect(overview.milliCPU == 125 && overview.memoryMiB == 2048)
    #expect(overview.path == .restore)
    #expect(overview.coresInUse == 0.75)
    #expect(overview.guestMemoryBytes == 77 && overview.hostMemoryBytes == 99)
    #expect(overview.cost?.total == 15)
  }

  @Test func finishedOnesAreToldOnDemand() async throws {
    let harness = try Harness(
      usage: UsageOptions(rates: BillingRates(perCoreSecond: 8, perGiBSecond: 0)))
    let gone = try await harness.start(.sample { $0.milliCPU = 1000 })
    await harness.pass(1, using: 0, in: gone)
    try await harness.sandboxes.terminate(gone.info.id)
    harness.launcher.fail(SandlotError(.internal, "No."))
    let failed = try await harness.sandboxes.create(.sample())
    _ = try await harness.result(failed.id)
    #expect(try await harness.sandboxes.overview().isEmpty)
    let overview = try await harness.sandboxes.overview(includeFinished: true)
    #expect(overview.map(\.info.id) == [failed.id, gone.info.id])
    #expect(overview.allSatisfy { $0.state == .finished && $0.coresInUse == nil })
    #expect(overview.map(\.cost?.total) == [nil, 8])
    #expect(overview.map(\.path) == [nil, .restore])
    #expect(try await harness.sandboxes.overview(includeFinished: true, limit: 1).count == 1)
  }

  @Test func aSandboxThatStartsSaysSo() async throws {
    let harness = try Harness()
    let gate = harness.launcher.hold()
    _ = try await harness.sandboxes.create(.sample())
    _ = await harness.launcher.requests.take()
    let overview = try await harness.sandboxes.overview()
    #expect(overview.map(\.state) == [.starting])
    #expect(overview.first?.cost == nil && overview.first?.path == nil)
    gate.fulfil(())
  }
}
