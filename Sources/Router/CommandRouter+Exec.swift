import Edge
import Errors
import Foundation
import GRPCCore
import GuestProtocol
import ModalProtocol
import Sandboxes

extension CommandRouter {
  /// Starts a process; the same exec id twice starts one.
  public func taskExecStart(
    request: Modal_TaskCommandRouter_TaskExecStartRequest, context: ServerContext
  ) async throws -> Modal_TaskCommandRouter_TaskExecStartResponse {
    try await authorize(request.taskID)
    try refuseSidecar(request.containerID)
    var specification = ExecSpecification(request)
    specification.environment = try await secrets.environment(
      [EnvironmentSource](
        request.secretSources, secretIDs: request.secretIds, variables: request.env))
    try await sandboxes.startExec(taskID: request.taskID, specification)
    return Modal_TaskCommandRouter_TaskExecStartResponse()
  }

  /// Waits for a process to end.
  public func taskExecWait(
    request: Modal_TaskCommandRouter_TaskExecWaitRequest, context: ServerContext
  ) async throws -> Modal_TaskCommandRouter_TaskExecWaitResponse {
    try await authorize(request.taskID)
    let status = try await sandboxes.waitExec(taskID: request.taskID, execID: request.execID)
    tellOfMemoryKill(status)
    return .with {
      switch status {
      case .code(let code): $0.code = code
      case .signal(let signal): $0.signal = signal
      case .outOfMemory: $0.signal = Self.kill
      }
    }
  }

  /// Tells how a process ended; no exit status means that it runs.
  public func taskExecPoll(
    request: Modal_TaskCommandRouter_TaskExecPollRequest, context: ServerContext
  ) async throws -> Modal_TaskCommandRouter_TaskExecPollResponse {
    try await authorize(request.taskID)
    let status = try await sandboxes.pollExec(taskID: request.taskID, execID: request.execID)
    if let status { tellOfMemoryKill(status) }
    return .with {
      switch status {
      case .code(let code): $0.code = code
      case .signal(let signal): $0.signal = signal
      case .outOfMemory: $0.signal = Self.kill
      case nil: break
      }
    }
  }

  /// SIGKILL, which is how the kernel kills for want of memory.
  private static let kill: Int32 = 9

  /// The SDK has no word for such an end; its user reads of it beside the code 137.
  private func tellOfMemoryKill(_ status: ExitStatus) {
    guard case .outOfMemory(let victim) = status else { return }
    Warnings.current?.add(
      "The sandbox's memory was used up: its kernel killed the process '\(victim)'. Ask for more "
        + "with memory= of Sandbox.create.")
  }

  /// Streams a process's output from an absolute offset until the stream has ended.
  public func taskExecStdioRead(
    request: Modal_TaskCommandRouter_TaskExecStdioReadRequest,
    response: RPCWriter<Modal_TaskCommandRouter_TaskExecStdioReadResponse>, context: ServerContext
  ) async throws {
    try await authorize(request.taskID)
    let stream: OutputStreamName =
      request.fileDescriptor == .stderr ? .standardError : .standardOutput
    let chunks = try await sandboxes.readExec(
      taskID: request.taskID, execID: request.execID, stream,
      offset: Int64(clamping: request.offset))
    for try await chunk in chunks {
      try await response.write(.with { $0.data = Data(chunk.bytes) })
    }
  }
}

extension ExecSpecification {
  /// All of the request but its environment.
  fileprivate init(_ request: Modal_TaskCommandRouter_TaskExecStartRequest) {
    self.init(execID: request.execID, arguments: request.commandArgs)
    workingDirectory = request.workdir.isEmpty ? nil : request.workdir
    standardOutput = request.stdoutConfig == .pipe ? .pipe : .discard
    standardError =
      switch request.stderrConfig {
      case .pipe: .pipe
      case .stdout: .merged
      case .devnull, .UNRECOGNIZED: .discard
      }
    timeoutSeconds =
      request.hasTimeoutSecs && request.timeoutSecs > 0 ? request.timeoutSecs : nil
    if request.ptyInfo.enabled { terminal = TerminalSettings(request.ptyInfo) }
  }
}
