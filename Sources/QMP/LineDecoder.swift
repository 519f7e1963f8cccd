import NIOCore

/// Splits the byte stream into lines; QEMU ends each message with CR LF.
struct LineDecoder: ByteToMessageDecoder {
  typealias InboundOut = ByteBuffer

  /// How far the buffer is known to hold no newline, so that a long line is searched once.
  private var searched = 0

  mutating func decode(
    context: ChannelHandlerContext, buffer: inout ByteBuffer
  ) throws -> DecodingState {
    let view = buffer.readableBytesView
    guard let newline = view.dropFirst(searched).firstIndex(of: UInt8(ascii: "\n")) else {
      searched = view.count
      return .needMoreData
    }
    searched = 0
    let length = newline - view.startIndex
    guard let line = buffer.readSlice(length: length) else { return .needMoreData }
    buffer.moveReaderIndex(forwardBy: 1)
    context.fireChannelRead(Self.wrapInboundOut(line))
    return .continue
  }
}
