import Glibc

/// The processor time of a process as the kernel's scheduler counts it.
enum ProcessorClock {
  /// What all threads of a process have used so far, in seconds of a logical processor; nil where
  /// there is no such process.
  ///
  /// Two system calls of a microsecond, to be asked every second for every machine; proc(5)'s
  /// `stat` costs twenty times that and counts in hundredths of a second (clock_getcpuclockid(3)).
  static func seconds(of pid: pid_t) -> Double? {
    var clock = clockid_t()
    var time = timespec()
    guard clock_getcpuclockid(pid, &clock) == 0, clock_gettime(clock, &time) == 0 else {
      return nil
    }
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
  }
}
