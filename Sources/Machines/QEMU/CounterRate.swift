import CTimeStampCounter
import Glibc

/// How fast the time stamp counter runs, which guests under emulation see as it is on the host.
///
/// A guest that is not told measures it while it boots. On a busy host it may be wrong by any factor
/// (64 was seen), its clock then runs by that factor too fast, and a template hands that on to all its
/// clones.
package enum CounterRate {
  /// The host's in MHz; nil where the processor has no such counter.
  ///
  /// Whole ones, so that it is the same each time: the guest's kernel makes up for the rest within two
  /// seconds, and templates are only for machines that were told the same.
  package static let ofHost: Int? = measure()

  private static func measure() -> Int? {
    let first = Reading.closest()
    // Readings are exact to some tens of nanoseconds, and so the rate to one in a million.
    usleep(50_000)
    let last = Reading.closest()
    guard last.ticks > first.ticks, last.nanoseconds > first.nanoseconds else { return nil }
    let ticks = Double(last.ticks - first.ticks)
    return Int((ticks * 1000 / Double(last.nanoseconds - first.nanoseconds)).rounded())
  }

  /// The counter and the clock at one instant.
  private struct Reading {
    var ticks: UInt64
    var nanoseconds: Int64
    /// How long the reading took, and so how far apart its two numbers may be.
    private var duration: Int64

    private init() {
      let before = Self.now()
      ticks = sandlot_time_stamp_counter()
      let after = Self.now()
      nanoseconds = before + (after - before) / 2
      duration = after - before
    }

    /// The one of several that nothing came between.
    static func closest() -> Reading {
      var best = Reading()
      for _ in 0..<20 {
        let next = Reading()
        if next.duration < best.duration { best = next }
      }
      return best
    }

    private static func now() -> Int64 {
      var now = timespec()
      clock_gettime(CLOCK_MONOTONIC, &now)
      return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }
  }
}
