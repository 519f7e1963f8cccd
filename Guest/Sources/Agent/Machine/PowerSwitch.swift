import Glibc

/// The end of every process but this one.
enum PowerSwitch {
  /// How long processes may take to die, in milliseconds; one in an uninterruptible wait may
  /// never do.
  private static let limit: Int64 = 2000

  /// Kills all processes and collects them.
  static func killEveryProcess() {
    let deadline = monotonicMilliseconds() + limit
    kill(-1, SIGKILL)
    while monotonicMilliseconds() < deadline {
      let pid = waitpid(-1, nil, WNOHANG)
      if pid < 0, errno != EINTR { return }
      if pid == 0 { usleep(2000) }
    }
  }
}
