import Errors
import Synchronization

/// The user ids that machines run under, one for each, so that none can touch another's.
final class UserPool: Sendable {
  /// How many ids there are.
  static let size: UInt32 = 65_536

  private let base: UInt32
  private let used = Mutex<Set<UInt32>>([])

  /// Ids from `base` on.
  init(base: UInt32) { self.base = base }

  /// Takes an id that no machine has.
  func take() throws -> UInt32 {
    try used.withLock { used throws(SandlotError) in
      guard let id = (base..<base + Self.size).first(where: { !used.contains($0) }) else {
        throw SandlotError(.resourceExhausted, "All \(Self.size) user ids for machines are in use.")
      }
      used.insert(id)
      return id
    }
  }

  /// Gives it back.
  func give(_ id: UInt32) { used.withLock { _ = $0.remove(id) } }
}
