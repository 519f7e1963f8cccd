import Logging

/// The spare machines: makes as many as the policy says, hands each out once, and gives them up
/// when their memory is wanted.
actor WarmPool {
  private let policy: SparePolicy
  private let memory: MemoryLedger
  private let logger: Logger
  private let make: @Sendable (_ name: String, MachineProfile) async throws -> VirtualMachine?

  private var spares: [MachineProfile: [VirtualMachine]] = [:]
  private var demand: [MachineProfile: [ContinuousClock.Instant]] = [:]
  /// When a machine was needed last.
  private var lastTake: ContinuousClock.Instant?
  private var lastNumber = 0
  /// Fills the pool; nil while nothing is missing.
  private var filling: Task<Void, Never>?
  /// The spares that are being ended, by name.
  private var ending: [String: Task<Void, Never>] = [:]
  private var isClosed = false

  /// A pool; `make` restores a machine and pauses it, or returns nil where there is no template.
  init(
    policy: SparePolicy, memory: MemoryLedger, logger: Logger,
    make: @escaping @Sendable (_ name: String, MachineProfile) async throws -> VirtualMachine?
  ) {
    self.policy = policy
    self.memory = memory
    self.logger = logger
    self.make = make
  }

  /// Takes note that a machine is needed, and hands out a spare one, oldest first, which is the
  /// caller's then; nil where there is none.
  func take(_ profile: MachineProfile) -> VirtualMachine? {
    let now = ContinuousClock.now
    demand[profile, default: []].append(now)
    lastTake = now
    defer { fill() }
    while let spare = spares[profile]?.first {
      spares[profile]?.removeFirst()
      // False where its memory was taken away meanwhile.
      let isOurs = memory.release(spare.place.id)
      if isOurs, spare.process.isRunning { return spare }
      end(spare)
    }
    return nil
  }

  /// How many spares there are.
  var count: Int { spares.values.reduce(0) { $0 + $1.count } }

  /// Begins to make what is missing, beside everything else.
  func fill() {
    guard filling == nil, !isClosed else { return }
    filling = Task {
      await waitForLull()
      while !Task.isCancelled, let profile = missing(), await add(profile) { await waitForLull() }
      filling = nil
    }
  }

  /// Waits until nobody has needed a machine for a moment: making a spare one takes the processors
  /// from those that are starting, and as much of them as it would save the next one.
  private func waitForLull() async {
    let limit = ContinuousClock.now + SparePolicy.longestWait
    while let lastTake, !Task.isCancelled {
      let lull = min(lastTake + SparePolicy.lull, limit)
      guard lull > .now else { return }
      try? await Task.sleep(until: lull, clock: .continuous)
    }
  }

  /// Waits until nothing is missing that can be made.
  func filled() async { await filling?.value }

  /// Ends all spares and makes no more; returns when they are gone.
  func close() async {
    isClosed = true
    filling?.cancel()
    await filling?.value
    let rest = spares.values.flatMap { $0 }
    spares = [:]
    for spare in rest {
      memory.release(spare.place.id)
      end(spare)
    }
    for task in ending.values { await task.value }
  }

  /// The kind of machine of which there are too few; the usual one first.
  private func missing() -> MachineProfile? {
    let usual = policy.usual.map(MachineProfile.init)
    let now = ContinuousClock.now
    for (profile, times) in demand {
      demand[profile] = times.filter { now - $0 < SparePolicy.window }
      if demand[profile]?.isEmpty == true { demand[profile] = nil }
    }
    let kinds = [usual].compactMap { $0 } + demand.keys.filter { $0 != usual }
    return kinds.first { profile in
      let target = policy.target(
        isUsual: profile == usual, launches: demand[profile]?.count ?? 0)
      return spares[profile, default: []].count < target
    }
  }

  /// Makes one spare; returns whether that went well.
  private func add(_ profile: MachineProfile) async -> Bool {
    lastNumber += 1
    let name = "spare-\(lastNumber)"
    guard
      memory.reserveSpare(
        profile.memoryMiB, for: name,
        evict: { [weak self] in
          Task { await self?.evict(name) }
        })
    else { return false }
    do {
      guard let spare = try await make(name, profile) else {
        memory.release(name)
        return false
      }
      if memory.isHolder(name) {
        spares[profile, default: []].append(spare)
      } else {
        end(spare)
      }
      return true
    } catch {
      memory.release(name)
      if !(error is CancellationError) { logger.warning("a spare machine failed: \(error)") }
      return false
    }
  }

  /// Ends a spare whose memory was taken away; one that is still being made ends when it is made.
  private func evict(_ name: String) {
    for (profile, list) in spares {
      guard let index = list.firstIndex(where: { $0.place.id == name }) else { continue }
      logger.info("a spare machine yields: its memory is wanted")
      end(list[index])
      spares[profile]?.remove(at: index)
    }
  }

  private func end(_ spare: VirtualMachine) {
    let name = spare.place.id
    ending[name] = Task {
      await spare.place.cleanup.run(hasFailed: false)
      ending[name] = nil
    }
  }
}
