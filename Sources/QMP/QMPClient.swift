import Errors
import Foundation
import Logging
import NIOCore

/// A connection to a QEMU process through its machine protocol (QMP).
///
/// Calls may overlap; each has its own answer and time limit. The connection lasts until QEMU
/// closes it or ``close()`` does. QEMU talks to one client at a time.
public actor QMPClient {
  /// What happens in QEMU, from the greeting on; for one reader. It ends with the connection. Of
  /// events that nobody reads the newest 256 are kept.
  public nonisolated let events: AsyncStream<QMPEvent>
  /// The path of the socket.
  public nonisolated let path: String
  /// How long a call waits for its answer where it does not say otherwise.
  public static let defaultTimeout = Duration.seconds(30)
  /// The longest message that QEMU may send, in bytes; the longest known, the schema, has some
  /// 200,000.
  public static let maximumMessageLength = 4 << 20

  let channel: any Channel
  let eventSink: AsyncStream<QMPEvent>.Continuation
  let logger: Logger
  /// Why the connection is over; nil while it is not.
  var ending: SandlotError?
  var closeWaiters: [Int: CheckedContinuation<Void, Never>] = [:]
  private var calls: [Int: Call] = [:]
  private var lastID = 0
  /// The greeting answers a call that is never sent.
  private let greetingID = 0

  private struct Call {
    let command: String
    let continuation: CheckedContinuation<JSONValue, any Error>
    let timer: Task<Void, Never>
  }

  init(channel: any Channel, path: String, logger: Logger) {
    self.channel = channel
    self.path = path
    self.logger = logger
    (events, eventSink) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(256))
  }

  /// Sends a command and waits for its answer.
  ///
  /// - Throws: `internal` with QEMU's words where QEMU refuses it or the connection ends,
  ///   `deadlineExceeded` where no answer comes in time, `CancellationError` where the task is
  ///   cancelled. In the last two cases QEMU may still carry the command out.
  @discardableResult
  public func execute(
    _ command: String, _ arguments: [String: JSONValue] = [:],
    timeout: Duration = QMPClient.defaultTimeout
  ) async throws -> JSONValue {
    let id = makeID()
    let request = Request(execute: command, arguments: arguments, id: id)
    let line = try request.line(allocator: channel.allocator)
    logger.trace("QMP request", metadata: ["command": "\(command)", "id": "\(id)"])
    return try await answer(to: command, id: id, timeout: timeout) {
      channel.writeAndFlush(line, promise: nil)
    }
  }

  /// Waits for the greeting, which QEMU sends unasked.
  func greeting(timeout: Duration) async throws -> QEMUVersion {
    try await answer(to: "the new connection", id: greetingID, timeout: timeout) {}.decoded()
  }

  func makeID() -> Int {
    lastID += 1
    return lastID
  }
}

extension QMPClient {
  private func answer(
    to command: String, id: Int, timeout: Duration, send: () -> Void
  ) async throws -> JSONValue {
    if let ending { throw ending }
    try Task.checkCancellation()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let timer = Task { await expire(id, after: timeout) }
        calls[id] = Call(command: command, continuation: continuation, timer: timer)
        send()
      }
    } onCancel: {
      Task { await finish(id, with: .failure(CancellationError())) }
    }
  }

  private func expire(_ id: Int, after timeout: Duration) async {
    guard (try? await Task.sleep(for: timeout)) != nil, let call = calls[id] else { return }
    let error = SandlotError(
      .deadlineExceeded, "QEMU at \(path) did not answer \(call.command) within \(timeout).")
    finish(id, with: .failure(error))
  }

  /// Ends a call; an answer to one that has ended before is dropped.
  private func finish(_ id: Int, with result: Result<JSONValue, any Error>) {
    guard let call = calls.removeValue(forKey: id) else { return }
    call.timer.cancel()
    call.continuation.resume(with: result)
  }

  /// Fails all calls that are pending.
  func failAll(with error: SandlotError) {
    for id in calls.keys { finish(id, with: .failure(error)) }
  }

  /// Gives a message to whom it is for.
  ///
  /// - Throws: where it is no message of the protocol; the connection cannot be trusted then.
  func receive(_ line: ByteBuffer) throws(SandlotError) {
    guard let message = try? ServerMessage(line) else {
      let start = String(buffer: line).prefix(200).trimmingCharacters(in: .whitespacesAndNewlines)
      throw SandlotError(.internal, "QEMU at \(path) sent “\(start)”, which is not QMP.")
    }
    switch message {
    case .greeting(let version):
      finish(greetingID, with: Result { try JSONValue(encoding: version) })
    case .event(let event):
      logger.trace("QMP event", metadata: ["event": "\(event.name)"])
      eventSink.yield(event)
    case .result(let value, let id): finish(id, with: .success(value))
    case .failure(let failure, let id):
      guard let id else {
        throw SandlotError(
          .internal, "QEMU at \(path) could not read a request: \(failure.description)")
      }
      let command = calls[id]?.command ?? "a command"
      let error = SandlotError(.internal, "QEMU refused \(command): \(failure.description)")
      finish(id, with: .failure(error))
    }
  }
}

extension ServerMessage.Failure {
  fileprivate var description: String { "\(desc) (\(`class`))" }
}

/// A command as it is sent.
private struct Request: Encodable {
  let execute: String
  let arguments: [String: JSONValue]
  let id: Int

  func line(allocator: ByteBufferAllocator) throws -> ByteBuffer {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data = try encoder.encode(self)
    var buffer = allocator.buffer(capacity: data.count + 1)
    buffer.writeBytes(data)
    buffer.writeInteger(UInt8(ascii: "\n"))
    return buffer
  }
}
