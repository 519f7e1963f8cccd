import Errors
import Foundation
import GRPCCore
import ModalProtocol
import Sandboxes

/// The entrypoint's streams as the first generation reads and writes them; the second's are in the
/// router.
extension ControlPlane {
  /// The longest that one call follows a stream, in seconds; every SDK asks for 55. A duration cannot
  /// hold every number that a client may send.
  private static let longestLogs: Float = 600

  /// Streams the entrypoint's output as text, then its end; also after the sandbox has ended.
  ///
  /// Ends without an end of file when the request's time is over; an SDK calls again with the last
  /// batch's id.
  public func sandboxGetLogs(
    request: Modal_Client_SandboxGetLogsRequest,
    response: RPCWriter<Modal_Client_TaskLogsBatch>, context: ServerContext
  ) async throws {
    let sandbox = try await sandboxes.info(request.sandboxID)
    let stream = try OutputStreamName(request.fileDescriptor)
    let offset = try EntryID(request.lastEntryID).offset
    let text = TextReader(
      try await sandboxes.readEntrypoint(
        taskID: sandbox.taskID, stream, offset: offset, continues: offset > 0))
    let limit = Duration.seconds(Double(min(max(0, request.timeout), Self.longestLogs)))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        var end = EntryID(offset: offset)
        for try await piece in text {
          end = EntryID(offset: piece.end)
          try await response.write(
            .init(of: sandbox, at: end, text: piece.text, from: request.fileDescriptor))
        }
        try await response.write(.init(endOf: sandbox, at: end))
      }
      group.addTask { try await Task.sleep(for: limit) }
      try await group.next()
      group.cancelAll()
    }
  }

  /// Writes to the entrypoint's standard input; the same index twice writes once.
  public func sandboxStdinWrite(
    request: Modal_Client_SandboxStdinWriteRequest, context: ServerContext
  ) async throws -> Modal_Client_SandboxStdinWriteResponse {
    let sandbox = try await sandboxes.info(request.sandboxID)
    try await sandboxes.writeEntrypoint(
      taskID: sandbox.taskID, number: request.index, bytes: Array(request.input), eof: request.eof)
    return Modal_Client_SandboxStdinWriteResponse()
  }
}

/// Where a stream goes on from: the offset of its next byte. JavaScript and Go begin with `0-0`.
package struct EntryID: Equatable, CustomStringConvertible {
  package let offset: Int64

  package init(offset: Int64) { self.offset = offset }

  /// Reads what a client sends back. Throws `SandlotError.invalidArgument`.
  package init(_ text: String) throws {
    if text.isEmpty || text == "0-0" {
      offset = 0
    } else if let offset = Int64(text), offset >= 0 {
      self.offset = offset
    } else {
      throw SandlotError(
        .invalidArgument, "The entry id '\(text)' is none of this server's.",
        hint: "Leave it empty to read from the beginning.")
    }
  }

  package var description: String { String(offset) }
}

extension OutputStreamName {
  fileprivate init(_ descriptor: Modal_Client_FileDescriptor) throws {
    switch descriptor {
    case .stdout: self = .standardOutput
    case .stderr: self = .standardError
    case .unspecified, .info, .UNRECOGNIZED:
      throw SandlotError(
        .invalidArgument, "A sandbox has no stream of the file descriptor \(descriptor.rawValue).",
        hint: "Ask for stdout (1) or stderr (2).")
    }
  }
}

extension Modal_Client_TaskLogsBatch {
  fileprivate init(
    of sandbox: SandboxInfo, at end: EntryID, text: String, from stream: Modal_Client_FileDescriptor
  ) {
    self.init()
    taskID = sandbox.taskID
    sandboxID = sandbox.id
    entryID = end.description
    items = [
      .with {
        $0.data = text
        $0.fileDescriptor = stream
      }
    ]
  }

  fileprivate init(endOf sandbox: SandboxInfo, at end: EntryID) {
    self.init()
    taskID = sandbox.taskID
    sandboxID = sandbox.id
    entryID = end.description
    eof = true
  }
}
