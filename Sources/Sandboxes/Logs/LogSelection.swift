import Errors

/// The newest, or the oldest, entries of several logs, at most so many; of those that are left over
/// nothing is kept in memory.
struct LogSelection {
  private struct Candidate {
    var run: LogRun
    /// An index into the places.
    var place: Int
    var count: Int
    /// The entries, where they had to be read to be counted.
    var entries: [String]?
  }

  private let limit: Int
  private let newestFirst: Bool
  private let answerBytes: Int
  private var places: [LogPlace] = []
  private var candidates: [Candidate] = []
  private var query = LogQuery()

  init(limit: Int, newestFirst: Bool, _ answerBytes: Int) {
    self.limit = limit
    self.newestFirst = newestFirst
    self.answerBytes = answerBytes
  }

  /// The time before which nothing can be selected any more; nil while there is room.
  var floor: Int64? {
    guard newestFirst, candidates.reduce(0, { $0 + $1.count }) >= limit else { return nil }
    return candidates.last?.run.time
  }

  /// Selects from one more log.
  mutating func take(from place: LogPlace, _ query: LogQuery) throws {
    guard var reader = try LogReader(place) else { return }
    self.query = query
    var taken: [Candidate] = []
    var total = 0
    let number = places.count
    try reader.forEachRun(of: query, newestFirst: newestFirst) { reader, run in
      let entries = query.search.isEmpty ? nil : try reader.entries(of: run, query)
      let count = try entries?.count ?? reader.count(of: run, query)
      guard count > 0 else { return true }
      taken.append(Candidate(run: run, place: number, count: count, entries: entries))
      total += count
      return total < limit
    }
    guard !taken.isEmpty else { return }
    places.append(place)
    candidates = (candidates + taken).sorted {
      newestFirst ? $0.run.time > $1.run.time : $0.run.time < $1.run.time
    }
    cut()
  }

  /// Drops what is beyond the limit; the run that reaches it stays whole.
  private mutating func cut() {
    var total = 0
    let kept = candidates.prefix { candidate in
      defer { total += candidate.count }
      return total < limit
    }
    candidates = Array(kept)
  }

  /// What was selected, the oldest first. Of the newest exactly the limit; of the oldest whole runs.
  mutating func batches() throws -> [LogBatch] {
    let bytes = candidates.reduce(0) { $0 + $1.run.length }
    guard bytes <= answerBytes || (!newestFirst && candidates.count == 1) else {
      throw SandlotError(
        .resourceExhausted,
        "These are \(bytes >> 20) MiB of logs; one answer has at most \(answerBytes >> 20) MiB.",
        hint: "Ask for fewer entries, or for a shorter time.")
    }
    try read()
    var batches = candidates.compactMap { candidate -> LogBatch? in
      guard let entries = candidate.entries, !entries.isEmpty else { return nil }
      return LogBatch(
        sandboxID: places[candidate.place].sandboxID, source: candidate.run.source,
        time: candidate.run.time, entries: entries)
    }
    guard newestFirst else { return batches }
    batches.reverse()
    var excess = batches.reduce(0) { $0 + $1.entries.count } - limit
    while excess > 0, let count = batches.first?.entries.count {
      if count <= excess { batches.removeFirst() } else { batches[0].entries.removeFirst(excess) }
      excess -= count
    }
    return batches
  }
}

extension LogSelection {
  /// Reads the entries that were not read yet, one log after the other.
  private mutating func read() throws {
    let unread = candidates.indices.filter { candidates[$0].entries == nil }
    for (place, indices) in Dictionary(grouping: unread, by: { candidates[$0].place }) {
      guard var reader = try LogReader(places[place]) else { continue }
      for index in indices {
        candidates[index].entries = try reader.entries(of: candidates[index].run, query)
      }
    }
  }
}

extension LogReader {
  /// How many entries of a run are wanted.
  mutating func count(of run: LogRun, _ query: LogQuery) throws -> Int {
    guard query.search.isEmpty else { return try entries(of: run, query).count }
    return try has(run) ? run.count(grouped: query.grouped) : 0
  }

  /// The entries of a run that are wanted; none where they are gone.
  mutating func entries(of run: LogRun, _ query: LogQuery) throws -> [String] {
    guard let bytes = try bytes(of: run) else { return [] }
    return LogLines.entries(of: bytes, grouped: query.grouped, containing: Array(query.search.utf8))
  }

  /// How much of each source's file is in the index.
  mutating func ends() throws -> [LogSource: Int64] {
    var ends: [LogSource: Int64] = [:]
    try forEachRun(of: LogQuery(), newestFirst: true) { _, run in
      ends[run.source] = max(ends[run.source] ?? 0, run.end)
      return true
    }
    return ends
  }
}
