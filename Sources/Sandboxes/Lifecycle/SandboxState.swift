import GuestProtocol
import Machines

/// Where a sandbox is in its life.
///
/// ```
/// requested ─▶ starting ─▶ running ─▶ stopping ─▶ finished
///     └───────────┴──────────────────────▲
/// ```
package enum SandboxState: Sendable, Equatable {
  /// Written down; nothing was started.
  case requested
  /// Its machine boots and its entrypoint is started.
  case starting
  /// It can be used.
  case running
  /// It ends for this reason; its machine is being stopped.
  case stopping(SandboxEnd)
  /// Nothing of it is left.
  case finished(SandboxResult)
}

/// What happens to a sandbox.
package enum SandboxEvent: Sendable, Equatable {
  /// Its start was begun.
  case startBegan
  /// Machine and entrypoint run.
  case started
  /// Machine or entrypoint could not be started.
  case startFailed(String)
  /// The entrypoint has ended and its output is in.
  case entrypointExited(ExitStatus)
  /// Someone wants it to end.
  case terminationRequested(String)
  /// It has lived so many seconds.
  case timedOut(seconds: Int64)
  /// Nobody has used it for so many seconds.
  case idledOut(seconds: Int64)
  /// Its machine has ended.
  case machineEnded(MachineEnd)
  /// Everything it had is gone.
  case released
}

extension SandboxState {
  /// The state after an event; nil where the event changes nothing.
  ///
  /// The first reason to end is the one that counts: whatever follows from ending, such as the
  /// machine's own end, finds the sandbox stopping.
  package func after(_ event: SandboxEvent) -> SandboxState? {
    switch (self, event) {
    case (.requested, .startBegan): .starting
    case (.starting, .started): .running
    case (.starting, .startFailed(let message)): .stopping(.startFailed(message))
    case (.starting, .entrypointExited(let status)), (.running, .entrypointExited(let status)):
      .stopping(.exited(status))
    case (.starting, .machineEnded(let end)), (.running, .machineEnded(let end)):
      .stopping(.machineEnded(end))
    case (.requested, .terminationRequested(let message)),
      (.starting, .terminationRequested(let message)),
      (.running, .terminationRequested(let message)):
      .stopping(.terminated(message))
    case (.running, .timedOut(let seconds)): .stopping(.timedOut(seconds: seconds))
    case (.running, .idledOut(let seconds)): .stopping(.idledOut(seconds: seconds))
    case (.stopping(let end), .released): .finished(end.result)
    case (.requested, _), (.starting, _), (.running, _), (.stopping, _), (.finished, _): nil
    }
  }
}
