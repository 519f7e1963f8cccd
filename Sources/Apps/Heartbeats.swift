/// When the clients of ephemeral apps were heard last, and which of them are lost.
///
/// Times are of a clock that nobody sets and that stands still while the host sleeps: a change of the
/// time of day ends no app.
struct Heartbeats {
  /// The longest time between two looks that counts in full. A server that was stopped, or too busy
  /// to look, has heard nobody meanwhile, whoever may have called.
  static let longestGap: Duration = .seconds(15)

  private let grace: Duration
  private var last: [String: Duration] = [:]
  private var lastLook: Duration

  /// Nobody was heard yet.
  ///
  /// - Parameters:
  ///   - grace: How long a client may be silent.
  ///   - now: The time.
  init(grace: Duration, now: Duration) {
    self.grace = grace
    lastLook = now
  }

  /// A client was heard.
  mutating func note(_ id: String, at now: Duration) { last[id] = now }

  /// Nobody waits for a client any more.
  mutating func forget(_ id: String) { last[id] = nil }

  /// The apps whose clients have been silent for longer than they may; to be asked again and again.
  mutating func lost(at now: Duration) -> [String] {
    let missed = now - lastLook - Self.longestGap
    lastLook = now
    if missed > .zero { last = last.mapValues { min(now, $0 + missed) } }
    return last.filter { now - $0.value > grace }.keys.sorted()
  }
}
