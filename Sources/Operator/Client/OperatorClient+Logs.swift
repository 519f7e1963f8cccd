import Errors
import ModalProtocol

/// Lines of a sandbox's log.
public struct LogLine: Sendable, Equatable {
  /// Who wrote it.
  public enum Source: Sendable {
    case standardOutput
    case standardError
    case system
  }

  /// The text with its end, where it has one.
  public var text: String
  /// Who wrote it.
  public var source: Source
  /// Seconds since 1970.
  public var time: Double
}

extension OperatorClient {
  /// Hands out a sandbox's log, the oldest lines first. Throws `SandlotError`.
  ///
  /// - Parameters:
  ///   - newest: Only the newest so many lines of what there is; nil for all.
  ///   - follow: Whether to go on until the sandbox has ended.
  public func log(
    of sandboxID: String, newest: Int?, follow: Bool,
    _ body: @escaping @Sendable (LogLine) throws -> Void
  ) async throws {
    let task = try await connection.call {
      try await control.sandboxGetTaskIdV2(
        .with { $0.sandboxID = sandboxID }, metadata: connection.metadata,
        options: connection.options())
    }
    var position = ""
    if let newest {
      position = try await newestLines(newest, of: task.taskID, body)
      guard follow else { return }
    }
    var isDone = false
    repeat {
      (position, isDone) = try await followed(
        task.taskID, after: position, for: follow ? 55 : 0, body)
    } while follow && !isDone
  }

  /// Hands out the newest lines; returns where to go on from.
  private func newestLines(
    _ count: Int, of taskID: String, _ body: @Sendable (LogLine) throws -> Void
  ) async throws -> String {
    let answer = try await connection.call {
      try await control.appFetchLogs(
        .with {
          $0.taskID = taskID
          $0.limit = UInt32(clamping: count)
        }, metadata: connection.metadata, options: connection.options(.seconds(60)))
    }
    for item in answer.batches.flatMap(\.items) { try body(LogLine(item)) }
    return answer.batches.last?.entryID ?? ""
  }

  /// Hands out what comes within some seconds; returns where to go on from, and whether all is told.
  private func followed(
    _ taskID: String, after position: String, for seconds: Float,
    _ body: @escaping @Sendable (LogLine) throws -> Void
  ) async throws -> (String, Bool) {
    let request = Modal_Client_AppGetLogsRequest.with {
      $0.taskID = taskID
      $0.timeout = seconds
      $0.lastEntryID = position
    }
    return try await connection.call {
      try await control.appGetLogs(
        request, metadata: connection.metadata, options: connection.options(nil)
      ) { response in
        var (last, isDone) = (position, false)
        for try await batch in response.messages {
          for item in batch.items { try body(LogLine(item)) }
          if !batch.entryID.isEmpty { last = batch.entryID }
          isDone = isDone || batch.appDone
        }
        return (last, isDone)
      }
    }
  }
}

extension LogLine {
  fileprivate init(_ item: Modal_Client_TaskLogs) {
    text = item.data
    time = item.timestamp
    source =
      switch item.fileDescriptor {
      case .stdout: .standardOutput
      case .stderr: .standardError
      case .info, .unspecified, .UNRECOGNIZED: .system
      }
  }
}
