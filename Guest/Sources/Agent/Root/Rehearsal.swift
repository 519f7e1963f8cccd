import CLinux
import Glibc
import GuestProtocol

/// The process of a rehearsal: the agent's own program, which ends at once under this name.
public enum Rehearsal {
  /// The name.
  public static let name = "sandlot-rehearsal"

  /// Starts it and waits for its end.
  static func runProcess() throws(GuestFailure) {
    var pid = pid_t()
    var status: Int32 = EINVAL
    CStringArray.with([name], [], []) { arguments, environment, _ in
      guard let arguments, let environment else { return }
      status = posix_spawn(&pid, "/proc/self/exe", nil, nil, arguments, environment)
    }
    guard status == 0 else { throw .system(status, "start the rehearsal's process") }
    try attempt("wait for the rehearsal's process") { waitpid(pid, nil, 0) }
  }
}
