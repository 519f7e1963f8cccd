import CLinux
import Glibc
import GuestProtocol

/// Ended children of process 1, its own and orphans of others.
enum Reaper {
  /// A descriptor that tells of ended children; SIGCHLD is blocked by the caller.
  static func childSignals() throws(GuestFailure) -> Descriptor {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGCHLD)
    return Descriptor(
      owning: try attempt("watch for ended children") {
        signalfd(-1, &signals, Int32(SFD_CLOEXEC | SFD_NONBLOCK))
      })
  }

  /// Takes the signals that have come: several ends make one signal.
  static func drain(_ descriptor: Descriptor?) {
    guard let descriptor else { return }
    var information = signalfd_siginfo()
    while read(descriptor.number, &information, MemoryLayout<signalfd_siginfo>.size) > 0 {}
  }

  /// An ended child that was not collected yet, or a traced process that has stopped: the kernel tells of
  /// both to whoever traces.
  static func nextEnded() -> pid_t? {
    var information = siginfo_t()
    let result = retried {
      waitid(P_ALL, 0, &information, WEXITED | WNOHANG | WNOWAIT)
    }
    guard result == 0 else { return nil }
    let pid = clinux_signal_process(&information)
    return pid > 0 ? pid : nil
  }

  /// Collects an ended child; nil where it has not ended.
  static func collect(_ pid: pid_t) -> ExitStatus? {
    var status: Int32 = 0
    guard retried({ waitpid(pid, &status, WNOHANG) }) == pid else { return nil }
    return ExitStatus(waitStatus: status)
  }
}

extension ExitStatus {
  /// How a process ended, as `waitpid` tells it.
  init(waitStatus status: Int32) {
    self =
      clinux_signaled(status) != 0
      ? .signal(clinux_termination_signal(status)) : .code(clinux_exit_code(status))
  }
}
