import Glibc

/// First halves of renamings that wait for their second.
///
/// The kernel tells a renaming as two events with one cookie; the second comes right behind the
/// first, but others can come between, and it never comes if the new place is not watched.
struct RenamePairs {
  /// A first half.
  struct Departure {
    let cookie: UInt32
    let path: [UInt8]
    let isDirectory: Bool
    /// When to stop waiting, in the clock's seconds.
    let deadline: Double
  }

  /// How long to wait for the second half, in seconds.
  static let patience = 0.05

  private var waiting: [Departure] = []

  /// When the next first half has waited long enough; nil when none waits.
  var deadline: Double? { waiting.first?.deadline }

  /// Keeps a first half.
  mutating func hold(_ path: [UInt8], cookie: UInt32, isDirectory: Bool, now: Double) {
    waiting.append(
      Departure(
        cookie: cookie, path: path, isDirectory: isDirectory, deadline: now + Self.patience))
  }

  /// The first half that belongs to a second one.
  mutating func take(cookie: UInt32) -> Departure? {
    guard let position = waiting.firstIndex(where: { $0.cookie == cookie }) else { return nil }
    return waiting.remove(at: position)
  }

  /// Those that have waited long enough: their files went where nobody watches.
  mutating func takeExpired(now: Double) -> [Departure] {
    let expired = waiting.prefix { $0.deadline <= now }
    waiting.removeFirst(expired.count)
    return Array(expired)
  }
}
