import Errors
import Machines
import Testing

@Suite(.timeLimit(.minutes(1))) struct MemoryLedgerWaitingTests {
  private let ledger = MemoryLedger(budgetMiB: 2048)
  private let waits: AsyncStream<SandlotError>
  private let noteWait: AsyncStream<SandlotError>.Continuation

  init() {
    (waits, noteWait) = AsyncStream.makeStream(of: SandlotError.self)
  }

  private func reserve(
    _ mebibytes: Int, for holder: String, waiting limit: Duration = .seconds(600)
  ) async throws {
    try await ledger.reserve(
      mebibytes, for: holder, waiting: limit, clock: ContinuousClock(),
      onWait: { noteWait.yield($0) })
  }

  private func firstWait() async -> SandlotError? {
    await waits.first { _ in true }
  }

  @Test func doesNotWaitWhereThereIsRoom() async throws {
    try await reserve(2048, for: "im-a")
    noteWait.finish()
    #expect(await firstWait() == nil)
    #expect(ledger.balance().holders == ["im-a": 2048])
  }

  @Test func getsWhatIsGivenBack() async throws {
    try ledger.reserve(1024, for: "sb-a")
    try ledger.reserve(1024, for: "sb-b")
    async let build: Void = reserve(2048, for: "im-c")
    #expect(await firstWait()?.message.contains("2048 of the 2048 MiB") == true)
    ledger.release("sb-a")
    ledger.release("sb-b")
    try await build
    #expect(ledger.balance().holders == ["im-c": 2048])
  }

  @Test func allWhoWaitGetTheirsInTheEnd() async throws {
    try ledger.reserve(2048, for: "sb-a")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<8 {
        group.addTask {
          try await reserve(1024, for: "im-\(number)")
          #expect(ledger.balance().promisedMiB <= 2048)
          #expect(ledger.release("im-\(number)"))
        }
      }
      _ = await firstWait()
      ledger.release("sb-a")
      try await group.waitForAll()
    }
    #expect(ledger.balance().promisedMiB == 0)
  }

  @Test func givesUpAfterItsTimeWithTheNumbers() async throws {
    try ledger.reserve(1024, for: "sb-a")
    let refusal = await #expect(throws: SandlotError.self) {
      try await reserve(2048, for: "im-b", waiting: .milliseconds(20))
    }
    #expect(refusal?.code == .resourceExhausted)
    #expect(refusal?.message.contains("sb-a holds 1024") == true)
    #expect(ledger.balance().holders == ["sb-a": 1024])
  }

  @Test func doesNotWaitForWhatNeverComes() async {
    let refusal = await #expect(throws: SandlotError.self) { try await reserve(4096, for: "im-a") }
    #expect(refusal?.message.contains("more than the 2048 MiB") == true)
  }

  @Test func aCancelledWaitPromisesNothing() async throws {
    try ledger.reserve(1024, for: "sb-a")
    let build = Task { try await reserve(2048, for: "im-b") }
    _ = await firstWait()
    build.cancel()
    await #expect(throws: CancellationError.self) { try await build.value }
    ledger.release("sb-a")
    #expect(ledger.balance().holders.isEmpty)
  }
}
