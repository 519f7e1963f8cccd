import NIOCore

/// Bounds what one call may have on the way to its client.
///
/// The SDK takes as much ahead for a whole connection as for one call (64 MiB), so that a stream whose
/// reader stalls would use all of it up, and no other call of that client could be answered. A server
/// may always use less of a stream's window than it is offered: this lowers the offer, in the settings
/// with which an HTTP/2 client begins (RFC 9113, 3.4 and 6.5), and then steps aside.
package final class StreamWindowLimit: ChannelInboundHandler, RemovableChannelHandler {
  package typealias InboundIn = ByteBuffer
  package typealias InboundOut = ByteBuffer

  /// What a stream may have on the way, in bytes. It bounds the throughput of a stream too, to so much
  /// in one round trip.
  package static let window: UInt32 = 4 << 20

  private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
  private static let frameHeader = 9
  private static let settingsType: UInt8 = 4
  private static let initialWindowSize: UInt16 = 4
  /// The largest frame that may come before larger ones were agreed on.
  private static let largestFrame = 1 << 14

  private var received = ByteBuffer()

  /// A limit for one connection, as the first of its handlers.
  package init() {}

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    received.writeImmutableBuffer(unwrapInboundIn(data))
    guard isSettled() else { return }
    let all = received
    received = ByteBuffer()
    context.fireChannelRead(wrapInboundOut(all))
    context.pipeline.syncOperations.removeHandler(self, promise: nil)
  }

  package func channelInactive(context: ChannelHandlerContext) {
    // What the client said before it had finished its greeting is for the next handler to judge.
    if received.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(received)) }
    context.fireChannelInactive()
  }

  /// Whether the client's settings have come, and say what they shall; also where they never will,
  /// because this is no HTTP/2.
  private func isSettled() -> Bool {
    let bytes = received.readableBytesView
    guard bytes.prefix(Self.preface.count).elementsEqual(Self.preface.prefix(bytes.count)) else {
      return true
    }
    let payload = Self.preface.count + Self.frameHeader
    guard bytes.count >= payload else { return false }
    let header = bytes.dropFirst(Self.preface.count).prefix(4)
    let length = header.prefix(3).reduce(0) { $0 << 8 | Int($1) }
    guard header.last == Self.settingsType, length <= Self.largestFrame else { return true }
    guard bytes.count >= payload + length else { return false }
    lower(settings: received.readerIndex + payload, length: length)
    return true
  }

  private func lower(settings: Int, length: Int) {
    for entry in stride(from: settings, to: settings + length - 5, by: 6) {
      guard received.getInteger(at: entry, as: UInt16.self) == Self.initialWindowSize,
        let offered = received.getInteger(at: entry + 2, as: UInt32.self)
      else { continue }
      received.setInteger(min(offered, Self.window), at: entry + 2)
    }
  }
}
