import Errors
import GRPCCore
import ModalProtocol
import Sandboxes

extension CommandRouter {
  /// Writes to a process's standard input at an absolute offset.
  public func taskExecStdinWrite(
    request: Modal_TaskCommandRouter_TaskExecStdinWriteRequest, context: ServerContext
  ) async throws -> Modal_TaskCommandRouter_TaskExecStdinWriteResponse {
    try await authorize(request.taskID)
    try await sandboxes.writeExec(
      taskID: request.taskID, execID: request.execID, offset: Int64(clamping: request.offset),
      bytes: Array(request.data), eof: request.eof)
    return Modal_TaskCommandRouter_TaskExecStdinWriteResponse()
  }

  /// Writes a stream of messages to a process's standard input; `start` comes first, and only `end`
  /// closes the input.
  public func taskExecStdinWriteStream(
    request: RPCAsyncSequence<Modal_TaskCommandRouter_TaskExecStdinWriteStreamRequest, any Error>,
    context: ServerContext
  ) async throws -> Modal_TaskCommandRouter_TaskExecStdinWriteStreamResponse {
    var stream: ExecInputStream?
    for try await message in request {
      switch (message.payload, stream) {
      case (.start(let start), nil):
        try await authorize(start.taskID)
        stream = try await sandboxes.beginInputStream(
          taskID: start.taskID, execID: start.execID, offset: Int64(clamping: start.offset))
      case (.data(let data), let stream?): try await stream.write(Array(data))
      case (.end, let stream?): try await stream.end()
      case (.start, _?), (.data, nil), (.end, nil), (nil, _):
        throw SandlotError(
          .invalidArgument, "A stdin stream is one start, then data, then an end.")
      }
    }
    return Modal_TaskCommandRouter_TaskExecStdinWriteStreamResponse()
  }

  /// Tells how much input was taken, and ends a stream that still writes.
  public func taskExecStdinStatus(
    request: Modal_TaskCommandRouter_TaskExecStdinStatusRequest, context: ServerContext
  ) async throws -> Modal_TaskCommandRouter_TaskExecStdinStatusResponse {
    try await authorize(request.taskID)
    let status = try await sandboxes.inputStatus(taskID: request.taskID, execID: request.execID)
    return .with {
      $0.numBytesWritten = UInt64(status.written)
      $0.closed = status.closed
    }
  }
}
