import Errors
import Machines
import Synchronization
import Testing

/// The names of spares in the order in which they were evicted.
private final class Evictions: Sendable {
  private let names = Mutex<[String]>([])

  var all: [String] { names.withLock { $0 } }

  func note(_ name: String) { names.withLock { $0.append(name) } }
}

@Suite struct MemoryLedgerSpareTests {
  private let evictions = Evictions()

  private func spare(_ name: String, _ mebibytes: Int, in ledger: MemoryLedger) -> Bool {
    ledger.reserveSpare(mebibytes, for: name) { [evictions] in evictions.note(name) }
  }

  @Test func takesOnlyWhatIsLeft() throws {
    let ledger = MemoryLedger(budgetMiB: 3072)
    try ledger.reserve(1024, for: "sb-a")
    #expect(spare("pool-1", 1024, in: ledger))
    #expect(!spare("pool-2", 1025, in: ledger))
    #expect(spare("pool-2", 1024, in: ledger))
    #expect(!spare("pool-3", 1, in: ledger))
    #expect(ledger.balance().spareMiB == 2048)
    #expect(evictions.all.isEmpty)
  }

  @Test func staysWhereThereIsRoomBesideIt() throws {
    let ledger = MemoryLedger(budgetMiB: 2048)
    #expect(spare("pool-1", 1024, in: ledger))
    try ledger.reserve(1024, for: "sb-a")
    #expect(evictions.all.isEmpty)
  }

  @Test func theNewestYieldAndNoMoreThanMust() throws {
    let ledger = MemoryLedger(budgetMiB: 4096)
    for number in 1...4 { #expect(spare("pool-\(number)", 1024, in: ledger)) }
    try ledger.reserve(1500, for: "sb-a")
    #expect(evictions.all == ["pool-4", "pool-3"])
    #expect(ledger.balance().spareMiB == 2048)
    #expect(!ledger.release("pool-4"), "an evicted spare holds nothing to hand out")
    #expect(ledger.release("pool-1"))
  }

  @Test func allStayWhereNotEvenTheyWouldDo() throws {
    let ledger = MemoryLedger(budgetMiB: 4096)
    try ledger.reserve(2048, for: "sb-a")
    #expect(spare("pool-1", 1024, in: ledger))
    #expect(throws: SandlotError.self) { try ledger.reserve(2049, for: "sb-b") }
    #expect(evictions.all.isEmpty)
    #expect(ledger.balance().spareMiB == 1024)
  }

  @Test func handedOutItIsEvictedNoMore() throws {
    let ledger = MemoryLedger(budgetMiB: 2048)
    #expect(spare("pool-1", 1024, in: ledger))
    try ledger.reserve(1024, for: "sb-a")
    #expect(ledger.release("pool-1"))
    try ledger.reserve(1024, for: "sb-b")
    #expect(evictions.all.isEmpty)
    #expect(ledger.balance().promisedMiB == 2048)
  }

  @Test func anEvictionMayUseTheLedger() throws {
    let ledger = MemoryLedger(budgetMiB: 1024)
    let isHeld = ledger.reserveSpare(1024, for: "pool-1") { [evictions] in
      evictions.note("\(ledger.release("pool-1")) \(ledger.balance().spareMiB)")
    }
    #expect(isHeld)
    try ledger.reserve(1024, for: "sb-a")
    #expect(evictions.all == ["false 0"])
  }

  @Test func eachIsEitherHandedOutOrEvicted() async {
    let ledger = MemoryLedger(budgetMiB: 64)
    let handedOut = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<64 {
        #expect(spare("pool-\(number)", 1, in: ledger))
        group.addTask { ledger.release("pool-\(number)") }
        group.addTask {
          try? ledger.reserve(1, for: "sb-\(number)")
          return false
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(handedOut + evictions.all.count == 64)
    #expect(Set(evictions.all).count == evictions.all.count)
    #expect(ledger.balance().spareMiB == 0)
  }
}
