import Glibc
import GuestProtocol

/// The machine's time of day.
enum WallClock {
  /// Sets it by an instant that the host knows on both clocks; how long that message was on its way
  /// does not matter.
  static func set(by reference: ClockReference) throws(GuestFailure) {
    let now = reference.realtime(at: monotonicNanoseconds())
    var time = timespec(tv_sec: Int(now / 1_000_000_000), tv_nsec: Int(now % 1_000_000_000))
    try attempt("set the clock") { clock_settime(CLOCK_REALTIME, &time) }
  }
}
