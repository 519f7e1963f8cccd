import Errors
import Foundation
import Sandboxes
import Store
import Testing

/// What is told of a sandbox's use while it runs, after its end and for a part of its life.
@Suite struct StatisticsTests {
  private let rates = BillingRates(perCoreSecond: 2, perGiBSecond: 3)

  private func harness(store: Store? = nil) throws -> Harness {
    try Harness(store: store, usage: UsageOptions(rates: rates))
  }

  /// Half a core and 2 GiB are requested, so that a second costs at least 1 + 6.
  private let request = SandboxSpecification.sample {
    $0.milliCPU = 500
    $0.memoryMiB = 2048
  }

  @Test func aRunningSandboxIsToldUpToNow() async throws {
    let harness = try harness()
    let sandbox = try await harness.start(request)
    await harness.pass(3, using: 0.25, in: sandbox)
    sandbox.machine.used.withLock { $0.processorSeconds += 2 }
    let statistics = try await harness.sandboxes.statistics(sandbox.info.id)
    #expect(statistics.seconds == 3)
    #expect(statistics.coreSeconds == 2.75)
    #expect(statistics.billedCoreSeconds == 1.5 + 2)
    #expect(statistics.billedGiBSeconds == 6)
    #expect(statistics.cost?.total == 25)
    // A question changes nothing of what is billed.
    #expect(try await harness.sandboxes.statistics(sandbox.info.id) == statistics)
  }

  @Test func datapointsAreOfTenSeconds() async throws {
    let harness = try harness()
    let sandbox = try await harness.start(request)
    sandbox.machine.used.withLock { $0.guestMemoryBytes = 1 << 29 }
    await harness.pass(10, using: 0.1, in: sandbox)
    await harness.pass(10, using: 0.9, in: sandbox)
    await harness.pass(5, using: 0.2, in: sandbox)
    let statistics = try await harness.sandboxes.statistics(sandbox.info.id)
    #expect(statistics.datapoints == 3)
    let cores = try #require(statistics.cores)
    #expect(cores.percentiles.map { ($0.value * 1e6).rounded() / 1e6 } == [0.2, 0.9, 0.9])
    #expect(statistics.memoryGiB?.percentiles.map(\.value) == [0.5, 0.5, 0.5])
  }

  @Test func aShortLifeHasADatapointAndIsComplete() async throws {
    let harness = try harness()
    let sandbox = try await harness.start(request)
    harness.clock.advance(by: .milliseconds(250))
    sandbox.machine.used.withLock { $0.processorSeconds = 0.75 }
    try await harness.sandboxes.terminate(sandbox.info.id)
    let statistics = try await harness.sandboxes.statistics(sandbox.info.id)
    #expect(statistics.datapoints == 1)
    #expect(statistics.seconds == 0.25)
    #expect(statistics.billedCoreSeconds == 0.75)
    #expect(statistics.billedGiBSeconds == 0.5)
    #expect(statistics.cores?.maximum == 3)
    #expect(statistics.memoryGiB == nil)
    let info = try await harness.sandboxes.info(sandbox.info.id)
    #expect(statistics.since == info.createdAt && statistics.until == info.finishedAt)
  }

  @Test func whatNeverRanCostsNothing() async throws {
    let harness = try harness()
    harness.launcher.fail(SandlotError(.internal, "The kernel did not boot."))
    let info = try await harness.sandboxes.create(request)
    _ = try await harness.result(info.id)
    let statistics = try await harness.sandboxes.statistics(info.id)
    #expect(statistics.cost == nil && statistics.cores == nil && statistics.datapoints == 0)
    #expect(statistics.seconds == 0)
  }

  @Test func rangesAddUp() async throws {
    let harness = try harness()
    let sandbox = try await harness.start(request)
    let began = harness.clock.date
    await harness.pass(10, using: 0.8, in: sandbox)
    await harness.pass(10, using: 0.1, in: sandbox)
    try await harness.sandboxes.terminate(sandbox.info.id)
    let id = sandbox.info.id
    let middle = began.addingTimeInterval(4)
    let first = try await harness.sandboxes.statistics(id, until: middle)
    let rest = try await harness.sandboxes.statistics(id, since: middle)
    #expect(abs(first.seconds - 4) < 1e-6 && abs(rest.seconds - 16) < 1e-6)
    #expect(abs(first.billedCoreSeconds - 3.2) < 1e-6)
    #expect(abs(rest.billedCoreSeconds - (4.8 + 5)) < 1e-6)
    #expect(first.datapoints == 1 && rest.datapoints == 2)
    let later = try await harness.sandboxes.statistics(id, since: began.addingTimeInterval(60))
    #expect(later.cost == nil && later.datapoints == 0 && later.seconds == 0)
    let earlier = try await harness.sandboxes.statistics(id, until: began.addingTimeInterval(-60))
    #expect(earlier.cost == nil && earlier.since <= earlier.until)
  }

  @Test func aRangeMustNotEndBeforeItBegins() async throws {
    let harness = try harness()
    let sandbox = try await harness.start(request)
    let date = Date(timeIntervalSince1970: 1_000_000)
    let refusal = try await error {
      _ = try await harness.sandboxes.statistics(sandbox.info.id, since: date, until: date)
    }
    #expect(refusal.code == .invalidArgument)
    #expect(refusal.message.contains("since (1970-01-12T13:46:40Z)"))
    let unknown = try await error { _ = try await harness.sandboxes.statistics("sb-none") }
    #expect(unknown.code == .notFound && unknown.message.contains("sb-none"))
  }

  @Test func aKilledServerHasLostNoMoreThanTheLastDatapoint() async throws {
    let harness = try harness()
    let sandbox = try await harness.start(request)
    await harness.pass(19, using: 1, in: sandbox)
    // The next server finds what this one has written so far.
    let next = try self.harness(store: harness.store)
    _ = try await next.sandboxes.recoverAfterRestart()
    let statistics = try await next.sandboxes.statistics(sandbox.info.id)
    #expect(statistics.seconds == 10)
    #expect(abs(statistics.billedCoreSeconds - 10) < 1e-6)
    #expect(statistics.cost?.total == 80)
  }

  @Test func totalsOutliveDatapoints() async throws {
    let harness = try harness()
    let sandbox = try await harness.start(request)
    await harness.pass(12, using: 1, in: sandbox)
    try await harness.sandboxes.terminate(sandbox.info.id)
    let id = sandbox.info.id
    let whole = try await harness.sandboxes.statistics(id)
    try await harness.sandboxes.removeOldUsage()
    #expect(try await harness.sandboxes.statistics(id) == whole)
    harness.clock.advance(by: .seconds(7 * 24 * 3600 + 1))
    try await harness.sandboxes.removeOldUsage()
    let totals = try await harness.sandboxes.statistics(id)
    #expect(totals.datapoints == 0 && totals.cores == nil)
    #expect(totals.cost == whole.cost && totals.seconds == whole.seconds)
    let refusal = try await error {
      _ = try await harness.sandboxes.statistics(id, until: totals.since.addingTimeInterval(5))
    }
    #expect(refusal.code == .failedPrecondition)
    #expect(refusal.hint?.contains("totals") == true)
  }

  @Test func aGuestIsAskedForItsMemoryOnceADatapointOnceItIsNotYoung() async throws {
    let harness = try harness()
    let sandbox = try await harness.start(request)
    await harness.pass(10, using: 0, in: sandbox)
    let young = sandbox.machine.used.withLock { $0.memoryQuestions }
    #expect((1...10).contains(young))
    await harness.pass(30, using: 0, in: sandbox)
    #expect(sandbox.machine.used.withLock { $0.memoryQuestions } == young + 3)
  }
}

extension Harness {
  /// Lets so many seconds pass, in each of which the machine uses a part of a processor; returns
  /// when the last of them was metered.
  func pass(
    _ seconds: Int, using processors: Double,
    in sandbox: (info: SandboxInfo, machine: FakeMachine)
  ) async {
    for _ in 0..<seconds {
      await clock.waitForSleep(of: .seconds(1))
      sandbox.machine.used.withLock { $0.processorSeconds += processors }
      clock.advance(by: .seconds(1))
    }
    await clock.waitForSleep(of: .seconds(1))
  }
}
