import NIOCore
import NIOEmbedded
import Server
import Testing

@Suite struct StreamWindowLimitTests {
  private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  /// A client's greeting with an initial window among other settings, and what follows it.
  private static func greeting(window: UInt32) -> [UInt8] {
    let bytes = (0..<4).map { UInt8(truncatingIfNeeded: window >> (24 - 8 * $0)) }
    let settings: [UInt8] = [0, 2, 0, 0, 0, 0] + [0, 4] + bytes + [0, 5, 0, 0, 64, 0]
    return preface + [0, 0, UInt8(settings.count), 4, 0, 0, 0, 0, 0] + settings + [1, 2, 3]
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
    let offered = Self.greeting(window: 64 << 20)
    let expected = Self.greeting(window: StreamWindowLimit.window)
    #expect(try passed(offered, pieces: pieces) == expected)
  }

  @Test(arguments: [0, 65_535, StreamWindowLimit.window]) func aLowOfferStays(window: UInt32) throws
  {
    let greeting = Self.greeting(window: window)
    #expect(try passed(greeting, pieces: 1000) == greeting)
  }

  @Test func whatIsNoGreetingPasses() throws {
    let bytes = Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
    #expect(try passed(bytes, pieces: 5) == bytes)
    let noSettings = Self.preface + [0, 0, 1, 6, 0, 0, 0, 0, 0, 7]
    #expect(try passed(noSettings, pieces: 5) == noSettings)
    let huge = Self.preface + [255, 255, 255, 4, 0, 0, 0, 0, 0, 7]
    #expect(try passed(huge, pieces: 5) == huge)
  }

  @Test func aGreetingThatIsCutOffPasses() throws {
    let cut = Array(Self.greeting(window: 64 << 20).prefix(40))
    #expect(try passed(cut, pieces: 40) == [])
    #expect(try passed(cut, pieces: 40, closes: true) == cut)
  }

  @Test func whatFollowsPassesAsItIs() throws {
    let greeting = Self.greeting(window: 64 << 20)
    #expect(try passed(greeting + greeting, pieces: 16).suffix(greeting.count) == greeting)
  }
}
