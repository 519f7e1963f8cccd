import Errors
import Foundation
import Sandboxes
import Testing

/// What entrypoints wrote, line by line.
@Suite struct LogTests {
  @Test func keepsTheOrderAcrossSources() async throws {
    let fixture = LogFixture()
    let writer = try fixture.writer()
    writer.log.say("made")
    try writer.write("out 1\nout 2\n")
    try writer.write("err 1\n", .standardError)
    try writer.write("out 3\n")
    let batches = try await fixture.logs.newest(100, fixture.app)
    #expect(batches.flatMap(\.entries) == ["made\n", "out 1\n", "out 2\n", "err 1\n", "out 3\n"])
    #expect(batches.map(\.source) == [.system, .standardOutput, .standardError, .standardOutput])
    #expect(batches.map(\.time) == batches.map(\.time).sorted())
    #expect(Set(batches.map(\.time)).count == 4)
    #expect(batches.allSatisfy { $0.sandboxID == "sb-1" })
  }

  @Test func aLineInPiecesIsOne() async throws {
    let fixture = LogFixture()
    let writer = try fixture.writer()
    try writer.write("one ")
    try writer.write("aside\n", .standardError)
    #expect(try await fixture.entries() == ["aside\n"])
    try writer.write("line\nand")
    #expect(try await fixture.entries() == ["aside\n", "one line\n"])
  }

  @Test func aLineWithoutEndIsShownAfterASecond() async throws {
    let fixture = LogFixture()
    let writer = try fixture.writer()
    try writer.write("name: ")
    fixture.clock.advance(by: .milliseconds(900))
    fixture.logs.settle()
    #expect(try await fixture.entries() == [])
    fixture.clock.advance(by: .milliseconds(100))
    fixture.logs.settle()
    #expect(try await fixture.entries() == ["name: "])
    try writer.write("me\n")
    #expect(try await fixture.entries() == ["name: ", "me\n"])
  }

  @Test func theEndCompletesEverything() async throws {
    let fixture = LogFixture()
    let writer = try fixture.writer()
    try writer.write("no newline")
    fixture.logs.close("sb-1")
    #expect(try await fixture.entries() == ["no newline"])
    try writer.write("late\n")
    #expect(try await fixture.entries() == ["no newline"])
  }

  @Test func theNewestAreSelectedFromAllSandboxes() async throws {
    let fixture = LogFixture()
    let (one, two) = (try fixture.writer("sb-1"), try fixture.writer("sb-2"))
    for number in 0..<5 {
      try one.write("one \(number)\n")
      fixture.clock.advance(by: .seconds(1))
      try two.write("two \(number)\n")
      fixture.clock.advance(by: .seconds(1))
    }
    #expect(try await fixture.entries(3) == ["two 3\n", "one 4\n", "two 4\n"])
    let single = LogScope.sandbox(id: "sb-1", appID: "ap-1")
    let found = try await fixture.logs.newest(2, single)
    #expect(found.flatMap(\.entries) == ["one 3\n", "one 4\n"])
    #expect(try await fixture.logs.newest(2, .app("ap-2")).isEmpty)
    #expect(
      try await fixture.logs.newest(2, .app("../ap-1")) == fixture.logs.newest(2, fixture.app))
  }

  @Test func timesSourcesAndTextsFilter() async throws {
    let fixture = LogFixture()
    let writer = try fixture.writer()
    let start = fixture.clock.date.nanoseconds
    for number in 0..<10 {
      try writer.write("line \(number)\n", number % 2 == 0 ? .standardOutput : .standardError)
      fixture.clock.advance(by: .seconds(1))
    }
    let second: Int64 = 1_000_000_000
    let middle = try await fixture.entries {
      $0.since = start + 3 * second
      $0.until = start + 5 * second
    }
    #expect(middle == ["line 3\n", "line 4\n"])
    #expect(try await fixture.entries { $0.sources = [.standardError] }.count == 5)
    #expect(try await fixture.entries { $0.search = "ine 7" } == ["line 7\n"])
    #expect(try await fixture.entries { $0.search = "Line" }.isEmpty)
    #expect(try await fixture.entries(1) { $0.search = "line" } == ["line 9\n"])
  }

  @Test func countsAreThoseOfWhatIsFetched() async throws {
    let fixture = LogFixture()
    let writer = try fixture.writer()
    for number in 0..<7 {
      try writer.write((0..<150).map { "\(number) \($0)\n" }.joined())
      try writer.write("e\n", .standardError)
      fixture.clock.advance(by: .seconds(1))
    }
    for (search, grouped) in [("", false), ("", true), (" 14", true)] {
      var query = LogQuery()
      (query.search, query.grouped) = (search, grouped)
      let counts = try await fixture.logs.count(each: 2_000_000_000, fixture.app, query)
      #expect(counts.count == 4)
      for count in counts {
        var part = query
        (part.since, part.until) = (count.start, count.start + 2_000_000_000)
        let found = try await fixture.logs.newest(20_000, fixture.app, part)
        #expect(found.reduce(0) { $0 + $1.entries.count } == count.entries.values.reduce(0, +))
      }
    }
  }

  @Test func bytesThatAreNoTextAreReplaced() async throws {
    let fixture = LogFixture()
    try fixture.writer().write([0x61, 0xFF, 0x0A])
    #expect(try await fixture.entries() == ["a\u{FFFD}\n"])
  }

  @Test func moreThanAnAnswerHoldsIsRefusedWithTheNumbers() async throws {
    let fixture = LogFixture { $0.answerBytes = 1 << 20 }
    let writer = try fixture.writer()
    for _ in 0..<3 { try writer.write(String(repeating: "x", count: 1 << 20) + "\n") }
    let error = try await error { _ = try await fixture.logs.newest(1000, fixture.app) }
    #expect(error.code == .resourceExhausted && error.message.contains("3 MiB"))
  }
}
