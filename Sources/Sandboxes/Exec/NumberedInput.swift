import Errors

/// A process's standard input for a writer that numbers its writes from 1 and may repeat the last.
///
/// A write that arrives before the one that precedes it waits for a moment: a client's calls may
/// overtake each other.
actor NumberedInput {
  private let input: StandardInput
  private let patience: Duration
  private let clock: any Clock<Duration>

  /// The newest write that has begun, and where in the stream it begins.
  private var newest: UInt32 = 0
  private var beginning: Int64 = 0
  /// Kept when there is a newer one.
  private var advance = Promise<Void>()
  /// Kept when the write that goes on has ended.
  private var turn: Promise<Void>?

  init(_ input: StandardInput, patience: Duration, clock: any Clock<Duration>) {
    self.input = input
    self.patience = patience
    self.clock = clock
  }

  /// Writes; returns when the process has room for all of it. What was written before is skipped.
  ///
  /// Throws `SandlotError.invalidArgument` for a number that leaves a gap, and what
  /// `StandardInput.write` throws.
  func write(_ bytes: [UInt8], number: UInt32, eof: Bool) async throws {
    try await waitForPredecessor(of: number)
    while let turn { try await turn.value() }
    let turn = Promise<Void>()
    self.turn = turn
    defer {
      self.turn = nil
      turn.fulfil(())
    }
    guard number >= newest else { return }
    if number > newest { try await begin(number) }
    try await input.write(bytes, at: beginning, eof: eof)
  }

  /// A writer that left its last write unfinished does not mean to go on with it.
  private func begin(_ number: UInt32) async throws {
    beginning = try await input.settledPosition()
    newest = number
    advance.fulfil(())
    advance = Promise()
  }

  private func waitForPredecessor(of number: UInt32) async throws {
    while number > newest, number - newest > 1 {
      let advance = advance
      let hasAdvanced: Void? = try await withDeadline(patience, on: clock) {
        try await advance.value()
      }
      guard hasAdvanced == nil else { continue }
      throw SandlotError(
        .invalidArgument,
        "Input of index \(number) leaves a gap: \(newest) was the last that arrived.",
        hint: "Go on with index \(newest + 1).")
    }
  }
}
