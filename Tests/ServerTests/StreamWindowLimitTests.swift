import NIOCore
import NIOEmbedded
import Server
import Testing

@Suite struct StreamWindowLimitTests {
  private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  private static func frame(_ type: UInt8, stream: UInt8 = 0, _ payload: [UInt8]) -> [UInt8] {
    [0, UInt8(payload.count >> 8), UInt8(payload.count & 255), type, 0, 0, 0, 0, stream] + payload
  }

  private static func settings(window: UInt32) -> [UInt8] {
    let bytes = (0..<4).map { UInt8(truncatingIfNeeded: window >> (24 - 8 * $0)) }
    return frame(4, [0, 2, 0, 0, 0, 0] + [0, 4] + bytes + [0, 5, 0, 0, 64, 0])
  }

  /// A client that offers a window in its second settings, as the SDK does, and then makes a call.
  private static func greeting(window: UInt32) -> [UInt8] {
    preface + settings(window: 65_535) + frame(8, [0, 1, 0, 0]) + settings(window: window)
      + frame(1, stream: 1, [1, 2, 3])
  }

  /// What the next handler gets of bytes that come in pieces.
  private func passed(_ bytes: [UInt8], pieces size: Int, closes: Bool = false) throws -> [UInt8] {
    let channel = EmbeddedChannel()
    try channel.pipeline.syncOperations.addHandler(StreamWindowLimit(), position: .first)
    for start in stride(from: 0, to: bytes.count, by: size) {
      try channel.writeInbound(ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)]))
    }
    if closes { _ = try channel.finish() }
    var result: [UInt8] = []
    while let buffer = try channel.readInbound(as: ByteBuffer.self) {
      result += buffer.readableBytesView
    }
    return result
  }

  @Test(arguments: [1, 7, 33, 1000]) func theOfferIsLowered(pieces: Int) throws {
    let expected = Self.greeting(window: 40 << 20)
    #expect(try passed(Self.greeting(window: 64 << 20), pieces: pieces) == expected)
  }

  /// Less than half would be waited for by both sides.
  @Test(arguments: [1 << 20, 16 << 20, 64 << 20, (1 << 31) - 1] as [UInt32])
  func moreThanHalfIsLeft(offer: UInt32) {
    #expect(StreamWindowLimit.lowered(offer) > offer / 2 + 65_536)
    #expect(StreamWindowLimit.lowered(offer) < offer)
  }

  @Test(arguments: [0, 65_535, (1 << 20) - 1] as [UInt32]) func aLowOfferStays(window: UInt32)
    throws
  {
    let greeting = Self.greeting(window: window)
    #expect(try passed(greeting, pieces: 1000) == greeting)
  }

  @Test func nothingWaitsForTheFirstCall() throws {
    let greeting = Self.preface + Self.settings(window: 1)
    #expect(try passed(greeting, pieces: 10) == greeting)
  }

  @Test func whatIsNoGreetingPasses() throws {
    let bytes = Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
    #expect(try passed(bytes, pieces: 5) == bytes)
    let huge = Self.preface + [255, 255, 255, 4, 0, 0, 0, 0, 0, 7]
    #expect(try passed(huge, pieces: 5) == huge)
  }

  @Test func aGreetingThatIsCutOffPasses() throws {
    let cut = Array(Self.greeting(window: 64 << 20).prefix(40))
    #expect(try passed(cut, pieces: 40, closes: true) == cut)
  }

  @Test func whatFollowsTheFirstCallPassesAsItIs() throws {
    let late = Self.settings(window: 64 << 20)
    let bytes = Self.greeting(window: 5) + late
    #expect(try passed(bytes, pieces: 16) == bytes)
  }
}
