import Errors
import Sandboxes
import Testing

@Suite struct NumberedInputTests {
  /// A running entrypoint.
  struct Fixture {
    let harness: Harness
    let taskID: String
    let process: FakeProcess

    init() async throws {
      harness = try Harness()
      let sandbox = try await harness.start(.sample { $0.arguments = ["cat"] })
      taskID = sandbox.info.taskID
      process = await sandbox.machine.processes.take()
    }

    func write(_ text: String, number: UInt32, eof: Bool = false) async throws {
      try await harness.sandboxes.writeEntrypoint(
        taskID: taskID, number: number, bytes: Array(text.utf8), eof: eof)
    }

    var received: String { String(decoding: process.received, as: UTF8.self) }
  }

  @Test func aRepeatedWriteIsOne() async throws {
    let fixture = try await Fixture()
    try await fixture.write("one ", number: 1)
    try await fixture.write("one ", number: 1)
    try await fixture.write("two", number: 2)
    try await fixture.write("one ", number: 1)
    try await fixture.write("", number: 3, eof: true)
    try await fixture.write("", number: 3, eof: true)
    #expect(fixture.received == "one two")
    #expect(fixture.process.inputClosed.current != nil)
    let late = try await error { try await fixture.write("more", number: 4) }
    #expect(late.code == .failedPrecondition)
  }

  @Test func aWriteWaitsForTheOneBefore() async throws {
    let fixture = try await Fixture()
    async let second: Void = fixture.write("two", number: 2)
    await fixture.harness.clock.waitForSleep(of: .milliseconds(500))
    try await fixture.write("one ", number: 1)
    try await second
    #expect(fixture.received == "one two")
  }

  @Test func aGapIsRefused() async throws {
    let fixture = try await Fixture()
    try await fixture.write("one", number: 1)
    async let refusal = error { try await fixture.write("three", number: 3) }
    await fixture.harness.clock.waitForSleep(of: .milliseconds(500))
    fixture.harness.clock.advance(by: .milliseconds(500))
    #expect(try await refusal.code == .invalidArgument)
    #expect(fixture.received == "one")
  }

  @Test func whatAWriterLeftUnfinishedIsNotTakenForTheNext() async throws {
    let fixture = try await Fixture()
    let gate = fixture.process.stopReading()
    let leaving = Task { try await fixture.write("first ", number: 1) }
    _ = await fixture.process.pieces.take()
    leaving.cancel()
    await #expect(throws: CancellationError.self) { try await leaving.value }
    async let next: Void = fixture.write("second", number: 2)
    gate.fulfil(())
    try await next
    #expect(fixture.received == "first second")
  }
}
