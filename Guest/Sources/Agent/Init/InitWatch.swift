import CLinux
import Glibc
import GuestProtocol

/// Process 1, which the agent traces for the sake of its last moment: where it ends the kernel panics,
/// and nobody would hear of its exit code.
struct InitWatch {
  let pid: pid_t

  /// Lets the process go on from whatever has stopped it. Returns how it ends where it is about to; it
  /// stays there, so that the machine lives until the host has been told.
  func check() -> ExitStatus? {
    var status: Int32 = 0
    while retried({ waitpid(pid, &status, WNOHANG | CLINUX_WALL) }) == pid {
      guard clinux_stopped(status) != 0 else { continue }
      if clinux_is_exit_event(status) != 0, clinux_trace_exit_status(pid, &status) == 0 {
        return ExitStatus(waitStatus: status)
      }
      clinux_trace_continue(pid, clinux_passed_signal(status))
    }
    return nil
  }
}
