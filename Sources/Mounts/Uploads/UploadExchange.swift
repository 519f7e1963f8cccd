import Errors
import NIOCore
import NIOHTTP1

/// One request and its answer.
struct UploadExchange: Sendable {
  typealias Outbound = NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>

  /// How much is written at once: large enough for the disk, and all that an upload has in memory.
  private static let chunk = 1 << 20
  /// How much of a body is read that nobody wants, so that its sender gets to read the answer.
  private static let courtesy = 64 << 20

  let uploads: Uploads
  let head: HTTPRequestHead
  let outbound: Outbound

  /// Answers the request; false where the connection is to be closed.
  func run(_ requests: inout UploadRequests) async throws -> Bool {
    do {
      let answer = try await answer(&requests)
      try await send(answer, keepAlive: head.isKeepAlive)
      return head.isKeepAlive
    } catch let error as CancellationError {
      throw error
    } catch let error as ChannelError {
      throw error
    } catch {
      let answer = UploadAnswer(error)
      let complete = try await requests.skipRest(limit: Self.courtesy)
      try await send(answer, keepAlive: complete && head.isKeepAlive)
      return complete && head.isKeepAlive
    }
  }

  private func answer(_ requests: inout UploadRequests) async throws -> UploadAnswer {
    let ticket = try uploads.ticket(head.uri)
    switch (head.method, ticket.action) {
    case (.PUT, .put): return try await receive(&requests, ticket)
    case (.POST, .complete):
      guard try await requests.skipRest(limit: Self.courtesy) else {
        throw UploadAnswer(.payloadTooLarge, "Too long.")
      }
      return try await offPool { try uploads.complete(ticket) }
    default:
      throw UploadAnswer(.methodNotAllowed, "\(head.method) is not what this address is for.")
    }
  }

  private func receive(_ requests: inout UploadRequests, _ ticket: UploadTicket) async throws
    -> UploadAnswer
  {
    if let announced = head.headers.first(name: "content-length"), Int64(announced) != ticket.length
    {
      throw UploadAnswer(
        .badRequest, "\(announced) bytes are to come, and \(ticket.length) were announced.")
    }
    if head.headers[canonicalForm: "expect"].contains("100-continue") {
      try await outbound.write(.head(.init(version: head.version, status: .continue)))
    }
    let file = try uploads.mounts.blobs.makeFile()
    do {
      try await write(&requests, to: file, limit: ticket.length)
    } catch {
      file.discard()
      throw error
    }
    return try await offPool { try uploads.take(file, ticket) }
  }

  private func write(_ requests: inout UploadRequests, to file: BlobFile, limit: Int64) async throws
  {
    var pending = ByteBuffer()
    func flush() async throws {
      let bytes = pending
      try await offPool { try bytes.withUnsafeReadableBytes { try file.append($0) } }
      pending.clear()
    }
    while var bytes = try await requests.body() {
      pending.writeBuffer(&bytes)
      guard file.size + Int64(pending.readableBytes) <= limit else {
        throw UploadAnswer(.badRequest, "More bytes came than the \(limit) that were announced.")
      }
      if pending.readableBytes >= Self.chunk { try await flush() }
    }
    try await flush()
  }

  private func send(_ answer: UploadAnswer, keepAlive: Bool) async throws {
    var headers = answer.headers
    if !keepAlive { headers.add(name: "connection", value: "close") }
    try await outbound.write(
      .head(.init(version: head.version, status: answer.status, headers: headers)))
    try await outbound.write(.body(.byteBuffer(ByteBuffer(string: answer.text))))
    try await outbound.write(.end(nil))
  }
}
