import CLinux
import Glibc
import GuestProtocol

/// The process of a rehearsal: one that does nothing, loaded from the rehearsal's disk.
enum Rehearsal {
  private static let program = "/bin/true"

  /// Starts it in the root that the agent is in, and waits for its end.
  static func runProcess() throws(GuestFailure) {
    var pid = pid_t()
    var status: Int32 = EINVAL
    CStringArray.with([program], [], []) { arguments, environment, _ in
      guard let arguments, let environment else { return }
      status = posix_spawn(&pid, program, nil, nil, arguments, environment)
    }
    guard status == 0 else { throw .system(status, "start \(program)") }
    try attempt("wait for \(program)") { waitpid(pid, nil, 0) }
  }
}
