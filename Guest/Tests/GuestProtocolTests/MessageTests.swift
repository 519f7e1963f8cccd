import GuestProtocol
import Testing

@Suite struct MessageTests {
  @Test(arguments: Samples.requests) func requestsSurviveTheWire(_ request: Request) throws {
    try expectRoundTrip(request)
  }

  @Test(arguments: Samples.replies) func repliesSurviveTheWire(_ reply: Reply) throws {
    try expectRoundTrip(reply)
  }

  @Test(arguments: Samples.events) func eventsSurviveTheWire(_ event: Event) throws {
    try expectRoundTrip(event)
  }

  @Test func helloSurvivesTheWire() throws {
    try expectRoundTrip(Hello(version: 9, kernel: "6.1.0-1-cloud-amd64"))
  }

  @Test func unknownTagsAreMalformed() {
    #expect(throws: WireError.self) { try Request(decoding: [0]) }
    #expect(throws: WireError.self) { try Request(decoding: [12]) }
    #expect(throws: WireError.self) { try Reply(decoding: [6]) }
    #expect(throws: WireError.self) { try Event(decoding: [4] + [UInt8](repeating: 0, count: 8)) }
  }

  /// The last bytes are the modes of the three streams, the terminal's presence and the role.
  @Test(arguments: [5, 4, 3, 1]) func anUnknownModeOfAProcessIsMalformed(position: Int) {
    var bytes = Request.spawn(ProcessSpecification(id: 1, arguments: ["true"])).encoded()
    bytes[bytes.count - position] = 3
    #expect(throws: WireError.self) { try Request(decoding: bytes) }
  }

  @Test func textThatIsNotUnicodeIsMalformed() {
    var writer = WireWriter()
    writer.write(UInt32(1))
    writer.write([0xff] as [UInt8])
    #expect(throws: WireError.self) { try Hello(decoding: writer.bytes) }
  }

  @Test func aListLongerThanItsMessageIsMalformed() {
    var writer = WireWriter()
    writer.write(UInt8(3))
    writer.write(UInt32(1))
    writer.write(UInt32.max)
    #expect(throws: WireError.self) { try Request(decoding: writer.bytes) }
  }

  private func expectRoundTrip<Message: WireCodable & Equatable>(_ message: Message) throws {
    let bytes = message.encoded()
    #expect(try Message(decoding: bytes) == message)
    for length in 0..<bytes.count {
      #expect(throws: WireError.self) { try Message(decoding: Array(bytes.prefix(length))) }
    }
    #expect(throws: WireError.self) { try Message(decoding: bytes + [0]) }
  }
}
