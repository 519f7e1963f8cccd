import Errors

extension MemoryLedger {
  /// The account as it was at one moment, for display.
  public struct Balance: Sendable, Equatable {
    /// What may be promised altogether, in MiB.
    public var budgetMiB: Int
    /// What is promised to sandboxes and builds, in MiB.
    public var promisedMiB: Int
    /// What spare machines hold until it is needed, in MiB.
    public var spareMiB: Int
    /// The MiB of each sandbox and build, by its id.
    public var holders: [String: Int]

    /// An account.
    public init(budgetMiB: Int, promisedMiB: Int, spareMiB: Int, holders: [String: Int]) {
      self.budgetMiB = budgetMiB
      self.promisedMiB = promisedMiB
      self.spareMiB = spareMiB
      self.holders = holders
    }
  }

  /// The account as it is now.
  public func balance() -> Balance {
    state.withLock { state in
      Balance(
        budgetMiB: budgetMiB, promisedMiB: state.promisedMiB, spareMiB: state.spareMiB,
        holders: state.promises)
    }
  }

  /// How many holders an error names, the greatest first.
  private static let namedHolders = 5

  /// The refusal of a promise that does not fit.
  func shortage(of mebibytes: Int, for holder: String, in state: State) -> SandlotError {
    guard mebibytes <= budgetMiB else {
      return SandlotError(
        .resourceExhausted,
        "\(holder) needs \(mebibytes) MiB of memory, more than the \(budgetMiB) MiB that this "
          + "server may promise.",
        hint: "Ask for less memory, or raise memory_budget or memory_overcommit.")
    }
    let greatest = state.promises.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
    var holders = greatest.prefix(Self.namedHolders).map { "\($0.key) holds \($0.value)" }
    let others = greatest.count - holders.count
    if others > 0 { holders.append("\(others) others the rest") }
    return SandlotError(
      .resourceExhausted,
      "No room for \(holder), which needs \(mebibytes) MiB of memory: \(state.promisedMiB) of the "
        + "\(budgetMiB) MiB that this server may promise are taken "
        + "(\(holders.joined(separator: ", "))).",
      hint: "Terminate a sandbox, ask for less memory, or raise memory_budget or "
        + "memory_overcommit.")
  }
}
