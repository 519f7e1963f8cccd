import Errors
import GRPCCore
import ModalProtocol
import Sandboxes
import SwiftProtobuf

/// Entries of logs as the SDK reads them.
struct LogTranslation: Sendable {
  let sandboxes: Sandboxes

  /// Batches of entries; those that one sandbox wrote in a row share a batch.
  func batches(_ found: [LogBatch]) async throws -> [Modal_Client_TaskLogsBatch] {
    var tasks: [String: String] = [:]
    var batches: [Modal_Client_TaskLogsBatch] = []
    for entries in found {
      let id = entries.sandboxID
      if tasks[id] == nil { tasks[id] = try await sandboxes.info(id).taskID }
      if batches.last?.sandboxID != id {
        batches.append(
          .with {
            $0.sandboxID = id
            $0.taskID = tasks[id] ?? ""
          })
      }
      batches[batches.count - 1].items += entries.entries.map { .init($0, of: entries) }
      batches[batches.count - 1].entryID = "\(entries.time)"
    }
    return batches
  }

  /// Writes entries to a stream.
  func write(_ found: [LogBatch], to stream: RPCWriter<Modal_Client_TaskLogsBatch>) async throws {
    for batch in try await batches(found) { try await stream.write(batch) }
  }

  /// Writes a page to a stream; the last one says that the client need not go on.
  func write(_ page: LogPage, to stream: RPCWriter<Modal_Client_TaskLogsBatch>) async throws {
    try await write(page.batches, to: stream)
    guard page.isLast else { return }
    // By itself: the client shows nothing of the message that says so.
    try await stream.write(
      .with {
        $0.entryID = "\(page.end)"
        $0.appDone = true
      })
  }

  /// The time at which a client has left off. Throws `SandlotError.invalidArgument`.
  static func time(ofEntry id: String) throws(SandlotError) -> Int64 {
    guard let time = Int64(id), time >= 0, time < .max else {
      throw SandlotError(.invalidArgument, "'\(id)' is not an entry of a log.")
    }
    return time
  }
}

extension LogQuery {
  /// Entries of a source, or of all, that contain a text, or any.
  init(_ source: Modal_Client_FileDescriptor, search: String) {
    self.init()
    self.search = search
    switch source {
    case .stdout: sources = [.standardOutput]
    case .stderr: sources = [.standardError]
    case .info: sources = [.system]
    case .unspecified, .UNRECOGNIZED: break
    }
  }
}

extension Modal_Client_TaskLogs {
  fileprivate init(_ text: String, of batch: LogBatch) {
    self.init()
    data = text
    timestamp = Double(batch.time) / 1e9
    timestampNs = UInt64(batch.time)
    fileDescriptor =
      switch batch.source {
      case .standardOutput: .stdout
      case .standardError: .stderr
      case .system: .info
      }
  }
}

extension Modal_Client_AppCountLogsResponse.LogBucket {
  init(_ count: LogCount) {
    self.init()
    bucketStartAt = Google_Protobuf_Timestamp(seconds: count.start / 1_000_000_000)
    stdoutLogs = UInt64(count.entries[.standardOutput] ?? 0)
    stderrLogs = UInt64(count.entries[.standardError] ?? 0)
    systemLogs = UInt64(count.entries[.system] ?? 0)
  }
}

extension Google_Protobuf_Timestamp {
  /// Nanoseconds since 1970, or the nearest that there are.
  var nanosecondsSince1970: Int64 {
    let (product, isOver) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !isOver else { return seconds < 0 ? 0 : .max }
    return max(0, product.addingReportingOverflow(Int64(nanos)).partialValue)
  }
}

/// What narrows logs down to calls of functions, of which there are none here.
protocol LogRequest {
  var functionID: String { get }
  var functionCallID: String { get }
  var parametrizedFunctionID: String { get }
}

extension LogRequest {
  /// Whether anything can be found.
  var namesNoFunction: Bool {
    functionID.isEmpty && functionCallID.isEmpty && parametrizedFunctionID.isEmpty
  }
}

extension Modal_Client_AppFetchLogsRequest: LogRequest {}
extension Modal_Client_AppCountLogsRequest: LogRequest {}
extension Modal_Client_AppGetLogsRequest: LogRequest {}
