import Glibc
import GuestProtocol

/// The machine's time of day.
enum WallClock {
  /// How far it may be off after it was set, in nanoseconds.
  private static let tolerance: Int64 = 5_000_000

  /// Sets it by an instant that the host knows on both clocks; how long that message was on its way
  /// does not matter.
  ///
  /// On a busy host the processor may be taken away between reading one clock and setting the other;
  /// then it is set again.
  static func set(by reference: ClockReference) throws(GuestFailure) {
    for _ in 0..<20 {
      let now = reference.realtime(at: monotonicNanoseconds())
      var time = timespec(tv_sec: Int(now / 1_000_000_000), tv_nsec: Int(now % 1_000_000_000))
      try attempt("set the clock") { clock_settime(CLOCK_REALTIME, &time) }
      let earliest = reference.realtime(at: monotonicNanoseconds())
      clock_gettime(CLOCK_REALTIME, &time)
      let shown = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
      if shown >= earliest - tolerance { return }
    }
  }
}
