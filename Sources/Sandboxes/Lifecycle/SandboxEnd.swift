import GuestProtocol
import Machines

/// Why a sandbox ends.
package enum SandboxEnd: Sendable, Equatable {
  /// Its entrypoint ended.
  case exited(ExitStatus)
  /// Someone asked for it.
  case terminated(String)
  /// It lived as long as it may.
  case timedOut(seconds: Int64)
  /// Nobody used it.
  case idledOut(seconds: Int64)
  /// It could not be started.
  case startFailed(String)
  /// Its machine ended by itself.
  case machineEnded(MachineEnd)

  /// What the end looks like to the user.
  ///
  /// The SDK shows 124 for a timeout and 137 for a termination by itself, and the code that it gets
  /// for anything else; so the code is what a killed process would show where no process has one.
  package var result: SandboxResult {
    switch self {
    case .exited(let status): SandboxResult(status)
    case .terminated(let message), .machineEnded(.failed(let message)):
      SandboxResult(status, exitCode: 137, message: message)
    case .machineEnded(.stopped):
      SandboxResult(status, exitCode: 137, message: "Its machine was stopped.")
    case .machineEnded(.guestShutDown):
      SandboxResult(status, exitCode: 0, message: "The guest shut itself down.")
    case .machineEnded(.guestRestarted):
      SandboxResult(
        status, exitCode: 133,
        message: "The guest asked for a restart, and a sandbox ends instead: create another one.")
    case .timedOut(let seconds):
      SandboxResult(
        status, exitCode: 124, message: "It ran for \(seconds) s, which is its timeout.")
    case .idledOut(let seconds):
      SandboxResult(
        status, exitCode: 137, message: "It was idle for \(seconds) s, which is its idle timeout.")
    case .startFailed(let message): SandboxResult(status, exitCode: 1, message: message)
    }
  }

  private var status: SandboxResult.Status {
    switch self {
    case .exited(let exit): SandboxResult(exit).status
    case .terminated, .machineEnded(.stopped): .terminated
    case .timedOut: .timeout
    case .idledOut: .idleTimeout
    case .startFailed: .initFailure
    case .machineEnded(.guestShutDown): .success
    case .machineEnded(.guestRestarted): .failure
    case .machineEnded(.failed): .internalFailure
    }
  }
}

extension SandboxResult {
  /// How it ended, in a few words, and why where its user has seen nothing of it yet.
  var account: String {
    status == .initFailure && !message.isEmpty ? "\(status.words): \(message)" : status.words
  }
}

extension SandboxResult.Status {
  /// The status in a sentence's words.
  var words: String {
    switch self {
    case .success: "it finished"
    case .failure: "its entrypoint failed"
    case .terminated: "terminated"
    case .timeout: "timed out"
    case .initFailure: "it could not be started"
    case .internalFailure: "its machine died"
    case .idleTimeout: "idle for too long"
    }
  }
}
