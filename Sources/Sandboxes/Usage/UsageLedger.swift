import Foundation
import Logging
import Machines
import Store

/// Meters every running sandbox and writes what it finds to the store.
///
/// One loop reads all of them, and one transaction holds the datapoints of all: a server that is
/// killed loses ten seconds of each sandbox's use at the most. Without sandboxes nothing runs.
actor UsageLedger {
  let options: UsageOptions
  private let store: Store
  private let clock: any Clock<Duration>
  private let now: @Sendable () -> Date
  private let logger: Logger

  private var metered: [String: MeteredMachine] = [:]
  private var ticker: Task<Void, Never>?
  private var ticks = 0
  /// Datapoints that are not known to be in the store, in their order.
  private var unwritten: [UsageRow] = []
  private var writing: Task<Void, Never>?

  /// More are dropped: a day of a busy server whose database cannot be written.
  private static let mostUnwritten = 100_000

  init(
    store: Store, clock: any Clock<Duration>, now: @escaping @Sendable () -> Date,
    options: UsageOptions, logger: Logger
  ) {
    self.store = store
    self.clock = clock
    self.now = now
    self.options = options
    self.logger = logger
  }

  /// From now on a sandbox is metered, and billed.
  func begin(_ sandboxID: String, machine: any Machine, basis: BillingBasis) {
    metered[sandboxID] = MeteredMachine(
      machine: machine, meter: UsageMeter(basis: basis), time: ElapsedTime(clock))
    guard ticker == nil else { return }
    ticks = 0
    ticker = Task { await tick() }
  }

  /// A machine has ended: reads it a last time and returns when all of it is in the store. Does
  /// nothing to a sandbox that is not metered.
  func end(_ sandboxID: String) async {
    guard metered[sandboxID] != nil else { return }
    metered[sandboxID]?.read()
    closeInterval(of: sandboxID)
    await write()
    metered[sandboxID] = nil
    guard metered.isEmpty else { return }
    ticker?.cancel()
    ticker = nil
  }

  /// How a metered sandbox stands at this moment; nil for any other.
  func snapshot(_ sandboxID: String) -> UsageSnapshot? {
    guard var entry = metered[sandboxID] else { return nil }
    let coresInUse = entry.meter.coresInUse
    entry.read()
    var rows = unwritten.filter { $0.sandboxID == sandboxID }
    if let amount = entry.meter.closeInterval() {
      rows.append(UsageRow(sandboxID, amount, at: now(), memoryBytes: entry.meter.memoryBytes))
    }
    return UsageSnapshot(
      total: entry.meter.total, coresInUse: coresInUse, memoryBytes: entry.meter.memoryBytes,
      hostMemoryBytes: entry.machine.hostMemoryBytes, unwritten: rows)
  }

  private func tick() async {
    while !Task.isCancelled {
      guard (try? await clock.sleep(for: options.sampling)) != nil else { return }
      ticks += 1
      for id in metered.keys { metered[id]?.read() }
      askForMemory()
      guard ticks % options.samplesPerDatapoint == 0 else { continue }
      for id in metered.keys { closeInterval(of: id) }
      await write()
    }
  }

  private func closeInterval(of sandboxID: String) {
    guard let amount = metered[sandboxID]?.meter.closeInterval() else { return }
    let memoryBytes = metered[sandboxID]?.meter.memoryBytes
    unwritten.append(UsageRow(sandboxID, amount, at: now(), memoryBytes: memoryBytes))
  }

  /// Asks one reading before the datapoint, so that nothing has to wait for an answer. A young guest
  /// is awake anyway, and may not live until then: it is asked each time.
  private func askForMemory() {
    let period = options.samplesPerDatapoint
    let isTime = (ticks + 1) % period == 0
    let youth = options.sampling * period / .seconds(1)
    for (id, entry) in metered where !entry.isAsked && (isTime || entry.time.seconds <= youth) {
      metered[id]?.isAsked = true
      Task { note(id, await entry.machine.guestMemoryBytes()) }
    }
  }

  private func note(_ sandboxID: String, _ memoryBytes: Int64?) {
    metered[sandboxID]?.isAsked = false
    metered[sandboxID]?.meter.note(memoryBytes: memoryBytes)
  }

  /// Returns when everything that was unwritten at the call is in the store, or cannot be.
  private func write() async {
    let before = writing
    let task = Task {
      await before?.value
      await writeAll()
    }
    writing = task
    await task.value
  }

  private func writeAll() async {
    let rows = unwritten
    do {
      try await store.addUsage(rows)
      unwritten.removeFirst(rows.count)
    } catch {
      // They stay, and are tried again with the next ones.
      logger.error(
        "use cannot be recorded", metadata: ["error": "\(error)", "datapoints": "\(rows.count)"])
      unwritten.removeFirst(max(0, unwritten.count - Self.mostUnwritten))
    }
  }
}

/// A machine and its meter.
private struct MeteredMachine {
  let machine: any Machine
  var meter: UsageMeter
  let time: ElapsedTime
  /// Whether a question about memory is under way.
  var isAsked = false

  mutating func read() {
    meter.read(elapsed: time.seconds, processorSeconds: machine.processorSeconds)
  }
}

/// How a metered sandbox stands.
struct UsageSnapshot: Sendable {
  /// Everything it has used.
  var total: UsageAmount
  /// Physical cores in use at the last reading.
  var coresInUse: Double
  /// The guest's memory in use, in bytes; nil while it has not said.
  var memoryBytes: Int64?
  /// The host's memory that the machine holds, in bytes.
  var hostMemoryBytes: Int64?
  /// Datapoints that may not be in the store yet, the last of them up to now.
  var unwritten: [UsageRow]
}

extension UsageRow {
  init(_ sandboxID: String, _ amount: UsageAmount, at time: Date, memoryBytes: Int64?) {
    self.init(
      sandboxID: sandboxID, time: time, seconds: amount.seconds, coreSeconds: amount.coreSeconds,
      billedCoreSeconds: amount.billedCoreSeconds, billedGiBSeconds: amount.billedGiBSeconds,
      memoryBytes: memoryBytes)
  }

  /// What was used in it.
  var amount: UsageAmount {
    UsageAmount(
      seconds: seconds, coreSeconds: coreSeconds, billedCoreSeconds: billedCoreSeconds,
      billedGiBSeconds: billedGiBSeconds)
  }
}
