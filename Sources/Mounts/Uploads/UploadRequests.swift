import NIOCore
import NIOHTTP1

/// The requests of one connection, one after the other.
struct UploadRequests {
  private var parts: NIOAsyncChannelInboundStream<HTTPServerRequestPart>.AsyncIterator
  /// Whether all of the current request has been read.
  private var isComplete = true

  init(_ stream: NIOAsyncChannelInboundStream<HTTPServerRequestPart>) {
    parts = stream.makeAsyncIterator()
  }

  /// The next request; nil where the client has left.
  mutating func next() async throws -> HTTPRequestHead? {
    guard case .head(let head)? = try await parts.next() else { return nil }
    isComplete = false
    return head
  }

  /// The next bytes of the current request; nil at its end. Throws `ChannelError.eof` where the client
  /// has left before.
  mutating func body() async throws -> ByteBuffer? {
    guard !isComplete else { return nil }
    switch try await parts.next() {
    case .body(let bytes): return bytes
    case .end:
      isComplete = true
      return nil
    case .head, nil: throw ChannelError.eof
    }
  }

  /// Reads what is left of the current request; false where that is more than `limit` bytes.
  mutating func skipRest(limit: Int) async throws -> Bool {
    var count = 0
    while let bytes = try await body() {
      count += bytes.readableBytes
      guard count <= limit else { return false }
    }
    return true
  }
}
