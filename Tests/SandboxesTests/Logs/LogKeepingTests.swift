import Foundation
import Sandboxes
import SystemPackage
import Testing

/// What of the logs stays, and for how long.
@Suite struct LogKeepingTests {
  @Test func aServerAfterThisOneReadsThem() async throws {
    let fixture = LogFixture()
    try fixture.writer().write("kept\n")
    fixture.logs.close("sb-1")
    #expect(try await fixture.entries(of: fixture.again()) == ["kept\n"])
  }

  @Test func whatACrashKeptFromTheIndexIsFoundAgain() async throws {
    let fixture = LogFixture()
    let writer = try fixture.writer()
    try writer.write("one\n")
    try writer.write("oops\n", .standardError)
    fixture.logs.settle()
    try writer.write("two\nthr", tell: false)
    fixture.clock.advance(by: .seconds(1))
    let next = fixture.again()
    let log = try next.resume("sb-1", appID: "ap-1")
    log.say("ended")
    next.close("sb-1")
    #expect(try await fixture.entries(of: next) == ["one\n", "oops\n", "two\n", "thr", "ended\n"])
  }

  @Test func theOldestGoWithTheBytesThatAreNotKept() async throws {
    let fixture = LogFixture()
    let writer = try fixture.writer()
    let line = String(repeating: "x", count: 999) + "\n"
    for _ in 0..<2000 { try writer.write(line) }
    let path = writer.log.directory.appending("stdout").string
    let gone = Process()
    gone.executableURL = URL(fileURLWithPath: "/usr/bin/fallocate")
    gone.arguments = ["--punch-hole", "--offset", "0", "--length", "1048576", path]
    try gone.run()
    gone.waitUntilExit()
    let entries = try await fixture.entries(10_000)
    // Runs whose bytes are partly gone are left out.
    #expect((880...952).contains(entries.count))
    #expect(entries.allSatisfy { $0 == line })
    let counts = try await fixture.logs.count(each: 1 << 60, fixture.app, LogQuery())
    #expect(counts.first?.entries == [.standardOutput: entries.count])
  }

  @Test func theIndexIsBoundedToo() async throws {
    let fixture = LogFixture { $0.indexBytes = 1 << 20 }
    let writer = try fixture.writer()
    for number in 0..<200_000 {
      writer.log.note([0x0A], of: .standardOutput, at: Int64(2 * number))
      writer.log.note([0x0A], of: .standardError, at: Int64(2 * number))
    }
    fixture.logs.settle()
    var info = stat()
    stat(writer.log.directory.appending("index").string, &info)
    #expect(info.st_size > 12 << 20)
    #expect(Int64(info.st_blocks) * 512 <= 5 << 20)
  }

  @Test func oldLogsAreRemovedAndThoseOfRunningSandboxesAreNot() async throws {
    let fixture = LogFixture { $0.retention = .seconds(100) }
    try fixture.writer("sb-1").write("old\n")
    try fixture.writer("sb-2").write("runs\n")
    fixture.logs.close("sb-1")
    await fixture.logs.removeOld()
    #expect(try await fixture.entries().count == 2)
    // The clock of the files is the host's.
    fixture.clock.advance(by: .seconds(Date().timeIntervalSince1970 - 1_000_000 + 200))
    await fixture.logs.removeOld()
    #expect(try await fixture.entries() == ["runs\n"])
    fixture.logs.close("sb-2")
    await fixture.logs.removeOld()
    #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.directory.string) == [])
  }

  @Test func tooManyAndTooLargeOnesGoOldestFirst() async throws {
    let fixture = LogFixture { $0.finishedSandboxes = 3 }
    for number in 0..<5 {
      try fixture.writer("sb-\(number)").write("\(number)\n")
      fixture.logs.close("sb-\(number)")
      try await Task.sleep(for: .milliseconds(10))
    }
    await fixture.logs.removeOld()
    #expect(try await fixture.entries() == ["2\n", "3\n", "4\n"])
    let small = LogFixture { $0.totalBytes = 400_000 }
    for number in 0..<4 {
      let line = "\(number)" + String(repeating: "x", count: 130_000) + "\n"
      try small.writer("sb-\(number)").write(line)
      small.logs.close("sb-\(number)")
      try await Task.sleep(for: .milliseconds(10))
    }
    await small.logs.removeOld()
    let kept = try FileManager.default.contentsOfDirectory(
      atPath: small.directory.appending("ap-1").string)
    #expect(kept.sorted() == ["sb-2", "sb-3"])
  }
}
