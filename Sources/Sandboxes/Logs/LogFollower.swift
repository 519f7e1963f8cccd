import Foundation

/// A page of a log that is followed.
public struct LogPage: Sendable {
  /// What was written, the oldest first.
  public var batches: [LogBatch]
  /// Everything up to this time, nanoseconds since 1970, was handed out: where to go on from.
  public var end: Int64
  /// Whether nothing can follow.
  public var isLast: Bool
}

/// Entries as they are written, from a time on; ends with a page that is the last, or without one
/// when its time is over.
public struct LogFollower: AsyncSequence, Sendable {
  public typealias Element = LogPage

  /// How long it takes at most until lines are told.
  private static let interval = Duration.milliseconds(100)
  /// Every how many intervals in which nothing was written is asked whether all is over.
  private static let overRounds = 5
  /// About so many entries make a page.
  private static let pageEntries = 1000

  let logs: Logs
  let scope: LogScope
  let query: LogQuery
  let duration: Duration
  let clock: any Clock<Duration>
  /// Whether nothing can be written any more.
  let isOver: @Sendable () async throws -> Bool

  /// Begins to follow.
  public func makeAsyncIterator() -> Iterator { Iterator(self) }

  /// One following.
  public struct Iterator: AsyncIteratorProtocol {
    private let follower: LogFollower
    private var query: LogQuery
    private var rest: Duration
    private var round = 0
    private var isDone = false

    init(_ follower: LogFollower) {
      self.follower = follower
      query = follower.query
      rest = follower.duration
    }

    /// The next page, waited for; nil at the end.
    public mutating func next() async throws -> LogPage? {
      while !isDone {
        // Asked first: what is written until everything is over is on the page.
        let isOver = round % LogFollower.overRounds == 0 ? try await follower.isOver() : false
        let page = try await page(isLast: isOver)
        if page.isLast || !page.batches.isEmpty { return page }
        guard rest > .zero else { return nil }
        try await follower.clock.sleep(for: LogFollower.interval)
        rest -= LogFollower.interval
        round += 1
      }
      return nil
    }

    private mutating func page(isLast: Bool) async throws -> LogPage {
      let logs = follower.logs
      let isNew = round == 0 || logs.newest(in: follower.scope) >= query.since
      var batches: [LogBatch] = []
      // Taken before the logs are settled: what comes later has a later time.
      let horizon = logs.clock.stamp()
      query.until = horizon + 1
      if isNew || isLast {
        batches = try await logs.oldest(LogFollower.pageEntries, follower.scope, query)
      }
      let count = batches.reduce(0) { $0 + $1.entries.count }
      let isFull = count >= LogFollower.pageEntries
      let end = isFull ? batches.last?.time ?? horizon : horizon
      query.since = end + 1
      // There may be more at once.
      if isFull { round = 0 } else if !batches.isEmpty { round = 1 }
      isDone = isLast && !isFull
      return LogPage(batches: batches, end: end, isLast: isDone)
    }
  }
}
