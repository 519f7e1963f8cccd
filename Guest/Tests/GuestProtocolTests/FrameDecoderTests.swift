import GuestProtocol
import Testing

@Suite struct FrameDecoderTests {
  private static let frames = [
    Frame(.hello, payload: Hello().encoded()),
    Frame(.data, channel: 0xdead_beef, payload: Array(0...255)),
    Frame(.end, channel: 5),
    Frame(.credit, channel: 6, payload: [0, 0, 1, 0]),
  ]

  @Test(arguments: [1, 2, 3, 7, 9, 10, 64, 1000])
  func framesArriveWholeFromPiecesOfAnySize(_ size: Int) throws {
    let bytes = Self.frames.flatMap { $0.encoded() }
    var decoder = FrameDecoder()
    var decoded: [Frame] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      decoder.append(bytes[start..<min(start + size, bytes.count)])
      while let frame = try decoder.next() { decoded.append(frame) }
    }
    #expect(decoded == Self.frames)
    #expect(try decoder.next() == nil)
  }

  @Test func manyLargeFramesPassThroughOneDecoder() throws {
    var decoder = FrameDecoder()
    for number in 0..<100 {
      let frame = Frame(
        .data, channel: UInt32(number),
        payload: Array(repeating: UInt8(number), count: Limits.maximumChunk))
      decoder.append(frame.encoded() + [1])
      #expect(try decoder.next() == frame)
      // The stray byte is the low byte of the next frame's length.
      decoder.append([0, 0, 0, Frame.Kind.end.rawValue, 0, 0, 0, 0, 9])
      #expect(try decoder.next() == Frame(.end, channel: 0, payload: [9]))
    }
  }

  @Test func anImpossibleLengthIsMalformedBeforeItsBytesCome() {
    var writer = WireWriter()
    writer.write(UInt32(Limits.maximumPayload + 1))
    writer.append([Frame.Kind.data.rawValue, 0, 0, 0, 0])
    var decoder = FrameDecoder()
    decoder.append(writer.bytes)
    #expect(throws: WireError.self) { try decoder.next() }
  }

  @Test(arguments: [UInt8(0), 8, 255]) func anUnknownKindIsMalformed(_ kind: UInt8) {
    var decoder = FrameDecoder()
    decoder.append([0, 0, 0, 0, kind, 0, 0, 0, 0])
    #expect(throws: WireError.self) { try decoder.next() }
  }

  @Test func resetForgetsAHalfFrame() throws {
    var decoder = FrameDecoder()
    decoder.append(Self.frames[1].encoded().prefix(20))
    decoder.reset()
    decoder.append(Self.frames[0].encoded())
    #expect(try decoder.next() == Self.frames[0])
  }

  @Test func streamNumbersGoBothWays() {
    for descriptor in StreamID.Descriptor.allCases {
      let id = StreamID(process: 0x3fff_ffff, descriptor)
      #expect(StreamID(channel: id.channel) == id)
    }
    #expect(StreamID(channel: 7) == nil)
  }
}
