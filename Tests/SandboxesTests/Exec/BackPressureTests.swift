import Sandboxes
import Testing

@Suite struct BackPressureTests {
  @Test func aReaderThatStallsHoldsTheProcessBack() async throws {
    let harness = try Harness { $0.execReadAhead = 4 }
    let sandbox = try await harness.start()
    let process = try await harness.exec(in: sandbox)
    let (sandboxes, task) = (harness.sandboxes, sandbox.info.taskID)
    let output = try await sandboxes.readExec(
      taskID: task, execID: "e1", .standardOutput, offset: 0)
    var reader: SpoolReader.Iterator? = output.makeAsyncIterator()
    for piece in ["0123", "4567", "89", "ab"] { process.print(piece) }
    process.exit()
    // Eight bytes are more than four ahead of a reader that has read nothing.
    while process.taken < 10 { await Task.yield() }
    for _ in 0..<1000 { await Task.yield() }
    #expect(process.taken == 10)
    #expect(try await reader?.next()?.bytes.count == 8)
    reader = nil
    let late = try await sandboxes.readExec(taskID: task, execID: "e1", .standardOutput, offset: 0)
    #expect(try await late.text() == "0123456789ab")
  }

  @Test func aProcessThatNobodyReadsIsNotHeldBack() async throws {
    let harness = try Harness { $0.execReadAhead = 4 }
    let sandbox = try await harness.start()
    let process = try await harness.exec(in: sandbox)
    for _ in 0..<100 { process.print("more than four") }
    process.exit()
    let (sandboxes, task) = (harness.sandboxes, sandbox.info.taskID)
    async let status = sandboxes.waitExec(taskID: task, execID: "e1")
    await harness.clock.waitForSleep(of: .milliseconds(100))
    harness.clock.advance(by: .milliseconds(100))
    #expect(try await status == .code(0))
    let reader = try await sandboxes.readExec(
      taskID: task, execID: "e1", .standardOutput, offset: 0)
    #expect(try await reader.text().utf8.count == 1400)
  }
}
