import GuestProtocol
import NIOCore

/// A frame from the agent whose payload is a slice of what came, not a copy.
struct GuestFrame: Sendable {
  let kind: Frame.Kind
  let channel: UInt32
  var payload: ByteBuffer

  /// The message in the payload.
  func message<Message: WireCodable>(_: Message.Type = Message.self) throws -> Message {
    try Message(decoding: Array(payload.readableBytesView))
  }
}

/// Cuts what comes from the agent into frames.
///
/// The agent runs in the machine and may be anything after an attack: a frame that announces more
/// than the largest message is refused before memory is spent on it.
struct GuestFrameDecoder: NIOSingleStepByteToMessageDecoder {
  typealias InboundOut = GuestFrame

  /// The largest message of an agent in bytes: a reply with a sentence in it.
  static let largestMessage = 1 << 20

  func decode(buffer: inout ByteBuffer) throws -> GuestFrame? {
    let start = buffer.readerIndex
    guard buffer.readableBytes >= Frame.headerSize,
      let length = buffer.getInteger(at: start, endianness: .little, as: UInt32.self),
      let tag = buffer.getInteger(at: start + 4, as: UInt8.self),
      let channel = buffer.getInteger(at: start + 5, endianness: .little, as: UInt32.self)
    else { return nil }
    guard let kind = Frame.Kind(rawValue: tag) else {
      throw WireError.malformed("a frame has the unknown kind \(tag)")
    }
    let largest = kind == .data ? Limits.maximumChunk : Self.largestMessage
    guard length <= largest else {
      throw WireError.malformed("a frame announces \(length) bytes, more than \(largest)")
    }
    let end = Frame.headerSize + Int(length)
    guard buffer.readableBytes >= end else { return nil }
    buffer.moveReaderIndex(forwardBy: Frame.headerSize)
    guard let payload = buffer.readSlice(length: Int(length)) else { return nil }
    return GuestFrame(kind: kind, channel: channel, payload: payload)
  }

  func decodeLast(buffer: inout ByteBuffer, seenEOF: Bool) throws -> GuestFrame? {
    try decode(buffer: &buffer)
  }
}

/// Hands the frames of a channel to its connection.
final class GuestFrameHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let connection: GuestConnection
  private let processor = NIOSingleStepByteToMessageProcessor(GuestFrameDecoder())

  init(connection: GuestConnection) { self.connection = connection }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    do {
      try processor.process(buffer: unwrapInboundIn(data)) { try connection.receive($0) }
    } catch {
      connection.lose(reason: "its agent sent what makes no sense: \(error)")
      context.close(promise: nil)
    }
  }

  func channelInactive(context: ChannelHandlerContext) { connection.lose(reason: nil) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // Such as a reset by a QEMU that ends: nothing that the agent did.
    connection.lose(reason: nil)
    context.close(promise: nil)
  }
}
