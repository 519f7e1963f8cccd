import Errors
import Machines
import Synchronization
import Testing

/// What the holders of a test hold together, counted beside the ledger.
private final class Held: Sendable {
  private let amounts = Mutex((now: 0, most: 0))

  var most: Int { amounts.withLock { $0.most } }

  @discardableResult
  func add(_ mebibytes: Int) -> Int {
    amounts.withLock { amounts in
      amounts.now += mebibytes
      amounts.most = max(amounts.most, amounts.now)
      return amounts.now
    }
  }
}

@Suite struct MemoryLedgerTests {
  @Test func promisesUpToTheBudgetAndNoMore() throws {
    let ledger = MemoryLedger(budgetMiB: 3072)
    try ledger.reserve(2048, for: "sb-a")
    try ledger.reserve(1024, for: "im-b")
    let refusal = try #require(
      #expect(throws: SandlotError.self) { try ledger.reserve(128, for: "sb-c") })
    #expect(refusal.code == .resourceExhausted)
    for words in ["sb-c", "128 MiB", "3072 of the 3072 MiB", "sb-a holds 2048, im-b holds 1024"] {
      #expect(refusal.message.contains(words), "\(refusal.message)")
    }
    for words in ["Terminate", "less memory", "memory_budget", "memory_overcommit"] {
      #expect(refusal.hint?.contains(words) == true)
    }
    #expect(
      ledger.balance()
        == .init(
          budgetMiB: 3072, promisedMiB: 3072, spareMiB: 0, holders: ["sb-a": 2048, "im-b": 1024]))
  }

  @Test func whatNeverFitsIsSaidToBeSo() throws {
    let ledger = MemoryLedger(budgetMiB: 1024)
    let refusal = try #require(
      #expect(throws: SandlotError.self) { try ledger.reserve(1025, for: "im-a") })
    #expect(refusal.code == .resourceExhausted)
    #expect(refusal.message.contains("more than the 1024 MiB"))
  }

  @Test func namesTheGreatestHoldersAndCountsTheOthers() throws {
    let ledger = MemoryLedger(budgetMiB: 2800)
    for number in 1...7 { try ledger.reserve(100 * number, for: "sb-\(number)") }
    let refusal = try #require(
      #expect(throws: SandlotError.self) { try ledger.reserve(1, for: "sb-8") })
    #expect(refusal.message.contains("(sb-7 holds 700, sb-6 holds 600, sb-5 holds 500"))
    #expect(refusal.message.contains("sb-3 holds 300, 2 others the rest)"))
  }

  @Test func givesBackOnceWhatWasTakenOnce() throws {
    let ledger = MemoryLedger(budgetMiB: 1024)
    try ledger.reserve(1024, for: "sb-a")
    #expect(ledger.release("sb-a"))
    #expect(!ledger.release("sb-a"))
    #expect(!ledger.release("sb-never"))
    #expect(ledger.balance().promisedMiB == 0)
    try ledger.reserve(1024, for: "sb-b")
    #expect(throws: SandlotError.self) { try ledger.reserve(1, for: "sb-c") }
  }

  @Test func aHolderHoldsOnlyOnce() throws {
    let ledger = MemoryLedger(budgetMiB: 4096)
    try ledger.reserve(1024, for: "a")
    let refusal = #expect(throws: SandlotError.self) { try ledger.reserve(1024, for: "a") }
    #expect(refusal?.code == .alreadyExists)
    let isHeldTwice = ledger.reserveSpare(1024, for: "a", evict: {})
    #expect(!isHeldTwice)
    let isHeld = ledger.reserveSpare(1024, for: "b", evict: {})
    #expect(isHeld)
    #expect(throws: SandlotError.self) { try ledger.reserve(1024, for: "b") }
    #expect(ledger.balance().promisedMiB == 1024 && ledger.balance().spareMiB == 1024)
  }

  @Test func concurrentHoldersNeverExceedTheBudget() async {
    let ledger = MemoryLedger(budgetMiB: 8)
    let held = Held()
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<16 {
        group.addTask {
          for round in 0..<500 {
            await Task.yield()
            let holder = "\(task)-\(round)"
            let mebibytes = 1 + task % 3
            guard (try? ledger.reserve(mebibytes, for: holder)) != nil else { continue }
            #expect(held.add(mebibytes) <= 8)
            await Task.yield()
            held.add(-mebibytes)
            #expect(ledger.release(holder))
          }
        }
      }
    }
    #expect(held.most > 3, "several holders at once")
    #expect(ledger.balance() == .init(budgetMiB: 8, promisedMiB: 0, spareMiB: 0, holders: [:]))
  }
}
