import Sandboxes
import Testing

@Suite struct TextReaderTests {
  /// A running entrypoint, and a reading of its output as text.
  private struct Fixture {
    let harness: Harness
    let process: FakeProcess
    let reader: SpoolReader

    init(from offset: Int64 = 0, printing bytes: [UInt8] = []) async throws {
      harness = try Harness()
      let sandbox = try await harness.start(.sample { $0.arguments = ["run"] })
      process = await sandbox.machine.processes.take()
      process.print(bytes)
      reader = try await harness.sandboxes.readEntrypoint(
        taskID: sandbox.info.taskID, .standardOutput, offset: offset)
    }
  }

  @Test func aCharacterInPiecesIsWhole() async throws {
    let fixture = try await Fixture()
    var text = TextReader(fixture.reader).makeAsyncIterator()
    let bytes = Array("aü€😀".utf8)
    fixture.process.print(Array(bytes[0..<2]))
    #expect(try await text.next() == TextChunk(text: "a", end: 1))
    fixture.process.print(Array(bytes[2..<4]))
    #expect(try await text.next() == TextChunk(text: "ü", end: 3))
    fixture.process.print(Array(bytes[4..<9]))
    #expect(try await text.next() == TextChunk(text: "€", end: 6))
    fixture.process.print(Array(bytes[9...]))
    #expect(try await text.next() == TextChunk(text: "😀", end: 10))
    fixture.process.exit()
    #expect(try await text.next() == nil)
  }

  @Test func aReadingGoesOnBehindAPiece() async throws {
    let fixture = try await Fixture(from: 3, printing: Array("ü\n€".utf8))
    fixture.process.exit()
    var text = ""
    for try await chunk in TextReader(fixture.reader) { text += chunk.text }
    #expect(text == "€")
  }

  @Test(
    arguments: [
      ([0x61, 0xFF, 0x00, 0x62], "a\u{FFFD}\u{0}b"), ([0x61, 0xE2, 0x82], "a\u{FFFD}"),
      ([0xC0, 0x80], "\u{FFFD}\u{FFFD}"),
      ([0x80, 0x80, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
      ([0xF0, 0x9F, 0x98], "\u{FFFD}"),
    ] as [([UInt8], String)])
  func whatIsNoTextIsReplaced(bytes: [UInt8], expected: String) async throws {
    let fixture = try await Fixture(printing: bytes)
    fixture.process.exit()
    var text = ""
    var end: Int64 = 0
    for try await chunk in TextReader(fixture.reader) {
      text += chunk.text
      end = chunk.end
    }
    #expect(text == expected)
    #expect(end == bytes.count)
  }
}
