import Errors
import Synchronization

/// The one account of the host's memory that is promised to machines: to sandboxes, to builds, and
/// to spare machines that wait for somebody to need one.
///
/// A promise is made before a machine starts and given back when its QEMU is gone. Promises to
/// sandboxes and builds hold; those to spare machines yield to them. Nothing but this account
/// decides whether there is room: all amounts are in MiB, and their sum never exceeds the budget.
public final class MemoryLedger: Sendable {
  struct Spare {
    var holder: String
    var mebibytes: Int
    var evict: @Sendable () -> Void
  }

  struct State {
    var promises: [String: Int] = [:]
    /// The newest last.
    var spares: [Spare] = []
    /// Told whenever memory is given back.
    var waiters: [UInt64: AsyncStream<Void>.Continuation] = [:]
    var nextWaiter: UInt64 = 0

    var promisedMiB: Int { promises.values.reduce(0, +) }
    var spareMiB: Int { spares.reduce(0) { $0 + $1.mebibytes } }

    func isHolder(_ name: String) -> Bool {
      promises[name] != nil || spares.contains { $0.holder == name }
    }
  }

  /// What may be promised altogether.
  public let budgetMiB: Int
  let state = Mutex(State())

  /// An account in which nothing is promised yet.
  public init(budgetMiB: Int) {
    self.budgetMiB = budgetMiB
  }

  /// Promises memory to a holder: a sandbox's or a build's id.
  ///
  /// Where it does not fit beside the spares, the newest of them yield, as many as it takes: the
  /// older a spare, the more likely that it is ready for use. Their memory counts as free at once,
  /// while what they hold of it comes back as `evict` ends them.
  ///
  /// Throws `SandlotError.resourceExhausted` with the numbers where it does not fit even without
  /// spares, which stay then; `alreadyExists` where the holder holds memory already.
  public func reserve(_ mebibytes: Int, for holder: String) throws(SandlotError) {
    let evictions = try state.withLock { state throws(SandlotError) in
      try refuseHolder(holder, in: state)
      guard state.promisedMiB + mebibytes <= budgetMiB else {
        throw shortage(of: mebibytes, for: holder, in: state)
      }
      state.promises[holder] = mebibytes
      var evicted: [Spare] = []
      while state.promisedMiB + state.spareMiB > budgetMiB, let spare = state.spares.popLast() {
        evicted.append(spare)
      }
      return evicted
    }
    // Outside the lock: whoever ends a machine may well give back other memory meanwhile.
    for spare in evictions { spare.evict() }
  }

  /// Promises memory to a spare machine as long as nothing better needs it; false where there is
  /// no room for it, or where the holder holds memory already.
  ///
  /// - Parameter evict: Called at most once, on any thread, when the memory was taken away; it must
  ///   see to it that the machine ends, and return soon.
  public func reserveSpare(
    _ mebibytes: Int, for holder: String, evict: @escaping @Sendable () -> Void
  ) -> Bool {
    state.withLock { state in
      guard !state.isHolder(holder),
        state.promisedMiB + state.spareMiB + mebibytes <= budgetMiB
      else { return false }
      state.spares.append(Spare(holder: holder, mebibytes: mebibytes, evict: evict))
      return true
    }
  }

  /// Whether a holder holds memory, and a spare machine still does.
  public func isHolder(_ name: String) -> Bool { state.withLock { $0.isHolder(name) } }

  /// Gives a holder's memory back; does nothing, and returns false, where it holds none.
  ///
  /// For a spare this is also the way to hand its machine out, to someone whose own promise counts
  /// it from then on: true says that the machine is the caller's, false that it was evicted.
  @discardableResult
  public func release(_ holder: String) -> Bool {
    let (held, waiters) = state.withLock { state in
      let spares = state.spares.count
      state.spares.removeAll { $0.holder == holder }
      let held = state.promises.removeValue(forKey: holder) != nil || state.spares.count < spares
      return (held, held ? Array(state.waiters.values) : [])
    }
    for waiter in waiters { waiter.yield() }
    return held
  }

  private func refuseHolder(_ holder: String, in state: State) throws(SandlotError) {
    guard !state.isHolder(holder) else {
      throw SandlotError(.alreadyExists, "\(holder) holds memory of the host already.")
    }
  }
}
