import Foundation
import Sandboxes
import Testing

/// How floods and long lines fall apart into entries.
@Suite struct LogLinesTests {
  @Test func aLongLineIsTornBetweenCharacters() async throws {
    let fixture = LogFixture()
    let writer = try fixture.writer()
    let text = String(repeating: "€", count: 30_000) + "\n"
    // In pieces that do not respect characters.
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: 1000) {
      try writer.write(Array(bytes[start..<min(start + 1000, bytes.count)]))
    }
    let entries = try await fixture.entries()
    #expect(entries.joined() == text)
    #expect(entries.count == 6)
    #expect(entries.allSatisfy { $0.utf8.count <= 16 * 1024 + 4 })
  }

  @Test(arguments: [1, 7, 1000, 1 << 20]) func nothingIsLostHoweverItComes(piece: Int) async throws
  {
    let fixture = LogFixture()
    let writer = try fixture.writer()
    var text = ""
    for number in 0..<3000 {
      text += String(repeating: "\(number % 10)", count: number * 7 % 101) + "\n"
    }
    text += String(repeating: "z", count: 40_000)
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: max(piece, bytes.count / 5000)) {
      try writer.write(
        Array(bytes[start..<min(start + max(piece, bytes.count / 5000), bytes.count)]))
    }
    fixture.logs.close("sb-1")
    let lines = try await fixture.entries(10_000)
    #expect(lines.joined() == text)
    #expect(lines.count == 3003)
    let groups = try await fixture.entries(10_000) { $0.grouped = true }
    #expect(groups.joined() == text)
    #expect(groups.count < 100)
  }

  @Test func aFewLinesAreNotGrouped() async throws {
    let fixture = LogFixture()
    let writer = try fixture.writer()
    try writer.write((0..<100).map { "\($0)\n" }.joined())
    #expect(try await fixture.entries { $0.grouped = true }.count == 100)
  }
}
