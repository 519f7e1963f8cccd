import Foundation
import GRPCCore
import ModalProtocol
import Sandboxes

extension CommandRouter {
  /// Streams the entrypoint's output from an absolute offset, also after the sandbox has ended.
  public func sandboxStdioReadV2(
    request: Modal_TaskCommandRouter_SandboxStdioReadV2Request,
    response: RPCWriter<Modal_TaskCommandRouter_SandboxStdioReadV2Response>, context: ServerContext
  ) async throws {
    try await authorize(request.taskID)
    let stream: OutputStreamName =
      request.fileDescriptor == .stderr ? .standardError : .standardOutput
    let chunks = try await sandboxes.readEntrypoint(
      taskID: request.taskID, stream, offset: Int64(clamping: request.offset))
    for try await chunk in chunks {
      try await response.write(
        .with {
          $0.data = Data(chunk.bytes)
          $0.startingOffset = UInt64(chunk.offset)
        })
    }
  }

  /// Writes to the entrypoint's standard input at an absolute offset.
  public func sandboxStdinWriteV2(
    request: Modal_TaskCommandRouter_SandboxStdinWriteV2Request, context: ServerContext
  ) async throws -> Modal_TaskCommandRouter_SandboxStdinWriteV2Response {
    try await authorize(request.taskID)
    try await sandboxes.writeEntrypoint(
      taskID: request.taskID, offset: Int64(clamping: request.offset), bytes: Array(request.data),
      eof: request.eof)
    return Modal_TaskCommandRouter_SandboxStdinWriteV2Response()
  }
}
