import Errors
import GuestProtocol
import Sandboxes
import Testing

@Suite struct InputTests {
  /// A running exec `e1`.
  struct Fixture {
    let harness: Harness
    let sandbox: (info: SandboxInfo, machine: FakeMachine)
    let process: FakeProcess

    init() async throws {
      harness = try Harness()
      sandbox = try await harness.start()
      process = try await harness.exec(in: sandbox)
    }

    func write(_ text: String, at offset: Int64, eof: Bool = false) async throws {
      try await harness.sandboxes.writeExec(
        taskID: sandbox.info.taskID, execID: "e1", offset: offset, bytes: Array(text.utf8),
        eof: eof)
    }

    func begin(at offset: Int64) async throws -> ExecInputStream {
      try await harness.sandboxes.beginInputStream(
        taskID: sandbox.info.taskID, execID: "e1", offset: offset)
    }

    func status() async throws -> InputStatus {
      try await harness.sandboxes.inputStatus(taskID: sandbox.info.taskID, execID: "e1")
    }

    var received: String { String(decoding: process.received, as: UTF8.self) }
  }

  @Test func skipsWhatItHas() async throws {
    let fixture = try await Fixture()
    try await fixture.write("hello", at: 0)
    try await fixture.write("hello", at: 0)
    try await fixture.write("lo world", at: 3, eof: true)
    #expect(fixture.received == "hello world")
    #expect(try await fixture.status() == InputStatus(written: 11, closed: true))
    #expect(fixture.process.inputClosed.current != nil)
    try await fixture.write("", at: 11, eof: true)
    try await fixture.write("world", at: 6)
    let late = try await error { try await fixture.write("more", at: 11) }
    #expect(late.code == .failedPrecondition)
  }

  @Test func refusesGaps() async throws {
    let fixture = try await Fixture()
    try await fixture.write("12", at: 0)
    let gap = try await error { try await fixture.write("5", at: 4) }
    #expect(gap.code == .invalidArgument)
    #expect(gap.message.contains("offset 4") && gap.message.contains("2 bytes"))
    let negative = try await error { try await fixture.write("5", at: -1) }
    #expect(negative.code == .invalidArgument)
    let stream = try await error { _ = try await fixture.begin(at: 3) }
    #expect(stream.code == .invalidArgument)
  }

  @Test func returnsOnlyWhenTheProcessHasRoom() async throws {
    let fixture = try await Fixture()
    let gate = fixture.process.stopReading()
    let writing = Task { try await fixture.write("slow", at: 0) }
    _ = await fixture.process.pieces.take()
    #expect(try await fixture.status().written == 0)
    gate.fulfil(())
    try await writing.value
    #expect(try await fixture.status().written == 4)
  }

  @Test func aWriterThatLeavesLosesNothing() async throws {
    let fixture = try await Fixture()
    let gate = fixture.process.stopReading()
    let leaving = Task { try await fixture.write("once", at: 0) }
    _ = await fixture.process.pieces.take()
    leaving.cancel()
    await #expect(throws: CancellationError.self) { try await leaving.value }
    async let again: Void = fixture.write("once and more", at: 0)
    gate.fulfil(())
    try await again
    #expect(fixture.received == "once and more")
  }

  @Test func streamsFollowOn() async throws {
    let fixture = try await Fixture()
    try await fixture.write("ab", at: 0)
    let stream = try await fixture.begin(at: 1)
    try await stream.write(Array("bc".utf8))
    try await stream.write(Array("d".utf8))
    try await stream.end()
    #expect(fixture.received == "abcd")
    #expect(try await fixture.status() == InputStatus(written: 4, closed: true))
  }

  @Test func aStatusEvictsARunningStream() async throws {
    let fixture = try await Fixture()
    let old = try await fixture.begin(at: 0)
    let gate = fixture.process.stopReading()
    let writing = Task { try await old.write([UInt8](repeating: 1, count: 600_000)) }
    _ = await fixture.process.pieces.take()
    #expect(try await fixture.status() == InputStatus(written: 0, closed: false))
    gate.fulfil(())
    let evicted = try await error { try await writing.value }
    #expect(evicted.code == .failedPrecondition)
    let status = try await fixture.status()
    #expect(status.written == 256 * 1024)
    let next = try await fixture.begin(at: 0)
    try await next.write([UInt8](repeating: 1, count: 600_000))
    let stale = try await error { try await old.end() }
    #expect(stale.code == .failedPrecondition)
    try await next.end()
    #expect(fixture.process.received.count == 600_000)
  }

  @Test func refusesInputForWhatHasEnded() async throws {
    let fixture = try await Fixture()
    fixture.process.exit()
    _ = try await fixture.harness.sandboxes.waitExec(
      taskID: fixture.sandbox.info.taskID, execID: "e1")
    let refusal = try await error { try await fixture.write("late", at: 0) }
    #expect(refusal == SandlotError(.failedPrecondition, "The process has ended."))
  }

  @Test func refusesInputThatNobodyReads() async throws {
    let fixture = try await Fixture()
    fixture.process.closeInput()
    async let refusal = error { try await fixture.write("x", at: 0) }
    await fixture.harness.clock.waitForSleep(of: .milliseconds(500))
    fixture.harness.clock.advance(by: .milliseconds(500))
    #expect(try await refusal.code == .failedPrecondition)
    #expect(try await fixture.status().written == 0)
  }

  @Test func reachesTheEntrypoint() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start(.sample { $0.arguments = ["cat"] })
    let process = await sandbox.machine.processes.take()
    try await harness.sandboxes.writeEntrypoint(
      taskID: sandbox.info.taskID, offset: 0, bytes: [1, 2], eof: false)
    try await harness.sandboxes.writeEntrypoint(
      taskID: sandbox.info.taskID, offset: 1, bytes: [2, 3], eof: true)
    #expect(process.received == [1, 2, 3])
    let idle = try await harness.start()
    let refusal = try await error {
      try await harness.sandboxes.writeEntrypoint(
        taskID: idle.info.taskID, offset: 0, bytes: [1], eof: false)
    }
    #expect(refusal.code == .failedPrecondition)
  }
}
