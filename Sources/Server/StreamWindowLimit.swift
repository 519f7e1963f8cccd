import NIOCore

/// Bounds what one call may have on the way to its client.
///
/// The SDK takes as much ahead for a whole connection as for one call (64 MiB), so that a stream whose
/// reader stalls would use all of it up, and no other call of that client could be answered. A server
/// may always use less of a stream's window than it is offered: this lowers the offer in the settings
/// with which an HTTP/2 client begins (RFC 9113, 3.4 and 6.5), and steps aside at the first call.
///
/// It must stay above half: the HTTP/2 libraries of the SDKs tell of what was read only when that is
/// half of what they have offered, and a stream with less would wait for ever.
package final class StreamWindowLimit: ChannelInboundHandler, RemovableChannelHandler {
  package typealias InboundIn = ByteBuffer
  package typealias InboundOut = ByteBuffer

  /// What is made of an offer. Small ones stay: whoever makes them keeps calls apart by other means.
  package static func lowered(_ offer: UInt32) -> UInt32 {
    offer < 1 << 20 ? offer : offer / 8 * 5
  }

  private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
  private static let settingsType: UInt8 = 4
  private static let initialWindowSize: UInt16 = 4
  /// The largest frame that may come before larger ones were agreed on.
  private static let largestFrame = 1 << 14

  private enum Progress {
    /// The bytes before this index are as they shall be; what follows is not complete.
    case waits(Int)
    /// Nothing is left to do.
    case done
  }

  private var received = ByteBuffer()
  private var isPastPreface = false

  /// A limit for one connection, as the first of its handlers.
  package init() {}

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    received.writeImmutableBuffer(unwrapInboundIn(data))
    switch lower() {
    case .waits(let end):
      if let part = received.readSlice(length: end - received.readerIndex), part.readableBytes > 0 {
        context.fireChannelRead(wrapInboundOut(part))
      }
    case .done:
      pass(context)
      context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
  }

  package func channelInactive(context: ChannelHandlerContext) {
    // What was not complete is for the next handler to judge.
    pass(context)
    context.fireChannelInactive()
  }

  private func pass(_ context: ChannelHandlerContext) {
    let rest = received
    received = ByteBuffer()
    if rest.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(rest)) }
  }

  /// Lowers what the complete frames offer. A client that speaks no HTTP/2 is none of its business.
  private func lower() -> Progress {
    var index = received.readerIndex
    if !isPastPreface {
      let bytes = received.readableBytesView.prefix(Self.preface.count)
      guard bytes.elementsEqual(Self.preface.prefix(bytes.count)) else { return .done }
      guard bytes.count == Self.preface.count else { return .waits(index) }
      isPastPreface = true
      index += Self.preface.count
    }
    while let frame = FrameHeader(in: received, at: index) {
      guard frame.stream == 0, frame.length <= Self.largestFrame else { return .done }
      let end = index + FrameHeader.size + frame.length
      guard end <= received.writerIndex else { break }
      if frame.type == Self.settingsType { lower(index + FrameHeader.size..<end) }
      index = end
    }
    return .waits(index)
  }

  private func lower(_ settings: Range<Int>) {
    for entry in stride(from: settings.lowerBound, to: settings.upperBound - 5, by: 6) {
      guard received.getInteger(at: entry, as: UInt16.self) == Self.initialWindowSize,
        let offered = received.getInteger(at: entry + 2, as: UInt32.self)
      else { continue }
      received.setInteger(Self.lowered(offered), at: entry + 2)
    }
  }
}

/// What stands before every HTTP/2 frame (RFC 9113, 4.1).
private struct FrameHeader {
  static let size = 9

  let length: Int
  let type: UInt8
  let stream: UInt32

  /// The header at an index; nil where it has not come completely.
  init?(in buffer: ByteBuffer, at index: Int) {
    guard buffer.writerIndex - index >= Self.size,
      let lengthAndType = buffer.getInteger(at: index, as: UInt32.self),
      let stream = buffer.getInteger(at: index + 5, as: UInt32.self)
    else { return nil }
    length = Int(lengthAndType >> 8)
    type = UInt8(truncatingIfNeeded: lengthAndType)
    self.stream = stream & 0x7fff_ffff
  }
}
