import Foundation
import Synchronization

/// Gives the runs of all logs of a server their times: what is noted later has the later time, also
/// where the host's clock was set back.
final class LogClock: Sendable {
  private let now: @Sendable () -> Date
  private let last = Mutex<Int64>(0)

  init(now: @escaping @Sendable () -> Date) { self.now = now }

  /// Now, in nanoseconds since 1970, and later than any time that was given before.
  func stamp() -> Int64 {
    let time = now().nanoseconds
    return last.withLock { last in
      last = max(last + 1, time)
      return last
    }
  }

  /// Now, for comparing with times that were given.
  func time() -> Int64 {
    let time = now().nanoseconds
    return last.withLock { max($0, time) }
  }
}

extension Date {
  /// Nanoseconds since 1970, or the nearest that there are.
  package var nanoseconds: Int64 {
    let nanoseconds = timeIntervalSince1970 * 1e9
    return Int64(exactly: nanoseconds.rounded()) ?? (nanoseconds < 0 ? .min : .max)
  }
}
