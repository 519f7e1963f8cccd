import Errors
import GuestProtocol
import Sandboxes
import Testing

@Suite struct ExecTests {
  let run = ExecSpecification(execID: "e1", arguments: ["run"])

  @Test func runsAndKeepsItsOutput() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    let process = try await harness.exec(in: sandbox)
    let (sandboxes, task) = (harness.sandboxes, sandbox.info.taskID)
    #expect(try await sandboxes.pollExec(taskID: task, execID: "e1") == nil)
    let early = try await sandboxes.readExec(taskID: task, execID: "e1", .standardOutput, offset: 0)
    async let text = early.text()
    process.print("out")
    process.complain("err")
    process.exit(.code(4))
    #expect(try await text == "out")
    let late = try await sandboxes.readExec(taskID: task, execID: "e1", .standardError, offset: 1)
    #expect(try await late.text() == "rr")
    #expect(try await sandboxes.waitExec(taskID: task, execID: "e1") == .code(4))
    #expect(try await sandboxes.pollExec(taskID: task, execID: "e1") == .code(4))
    let again = try await sandboxes.readExec(taskID: task, execID: "e1", .standardOutput, offset: 0)
    #expect(try await again.text() == "out")
    let refusal = try await error {
      _ = try await sandboxes.readExec(taskID: task, execID: "e1", .standardOutput, offset: -1)
    }
    #expect(refusal.code == .invalidArgument)
  }

  @Test func startsOnceForOneID() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<20 {
        group.addTask { [run] in
          try await harness.sandboxes.startExec(taskID: sandbox.info.taskID, run)
        }
      }
      try await group.waitForAll()
    }
    await sandbox.machine.processes.take().exit()
    let task = sandbox.info.taskID
    #expect(try await harness.sandboxes.waitExec(taskID: task, execID: "e1") == .code(0))
    try await harness.sandboxes.startExec(taskID: task, run)
    #expect(sandbox.machine.processes.count == 0)
  }

  @Test func isHeldUntilTheMachineIsUp() async throws {
    let harness = try Harness()
    let gate = harness.launcher.hold()
    let info = try await harness.sandboxes.create(.sample())
    async let start: Void = harness.sandboxes.startExec(taskID: info.taskID, run)
    _ = await harness.launcher.requests.take()
    gate.fulfil(())
    try await start
    await harness.launcher.machines.take().processes.take().exit(.code(1))
    #expect(try await harness.sandboxes.waitExec(taskID: info.taskID, execID: "e1") == .code(1))
  }

  @Test func isToldWhenTheMachineDoesNotComeUp() async throws {
    let harness = try Harness()
    let gate = harness.launcher.hold()
    harness.launcher.fail(SandlotError(.internal, "No boot."))
    let info = try await harness.sandboxes.create(.sample())
    async let start = error {
      try await harness.sandboxes.startExec(taskID: info.taskID, run)
    }
    _ = await harness.launcher.requests.take()
    gate.fulfil(())
    let failure = try await start
    #expect(failure.code == .notFound)
    #expect(failure.message.contains("could not be started: "))
    #expect(failure.message.contains("No boot."))
  }

  @Test func refusesWhatTheMachineRefuses() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    harness.launcher.refuseSpawns(SandlotError(.invalidArgument, "There is no program 'run'."))
    let refusal = try await error {
      try await harness.sandboxes.startExec(taskID: sandbox.info.taskID, run)
    }
    #expect(refusal == SandlotError(.invalidArgument, "There is no program 'run'."))
    harness.launcher.refuseSpawns(nil)
    _ = try await harness.exec(in: sandbox)
  }

  @Test func knowsNoOtherExec() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    let unknown = try await error {
      _ = try await harness.sandboxes.waitExec(taskID: sandbox.info.taskID, execID: "nope")
    }
    #expect(unknown.code == .notFound)
    #expect(unknown.message.contains("nope"))
  }

  @Test func aTimeoutKillsTheGroup() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    var limited = run
    limited.timeoutSeconds = 5
    let process = try await harness.exec(limited, in: sandbox)
    await harness.clock.waitForSleep(of: .seconds(5))
    harness.clock.advance(by: .seconds(5))
    #expect(await process.signals.take() == 9)
    let task = sandbox.info.taskID
    #expect(try await harness.sandboxes.waitExec(taskID: task, execID: "e1") == .signal(9))
  }

  @Test func waitHoldsItsAnswerForUnreadOutput() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    let process = try await harness.exec(in: sandbox)
    process.print("unread")
    process.exit()
    let (sandboxes, task) = (harness.sandboxes, sandbox.info.taskID)
    let answers = Mailbox<GuestProtocol.ExitStatus>()
    let waiting = Task {
      answers.put(try await sandboxes.waitExec(taskID: task, execID: "e1"))
    }
    await harness.clock.waitForSleep(of: .milliseconds(100))
    for _ in 0..<1000 { await Task.yield() }
    #expect(try await sandboxes.pollExec(taskID: task, execID: "e1") == .code(0))
    #expect(answers.count == 0)
    harness.clock.advance(by: .milliseconds(100))
    try await waiting.value
    #expect(await answers.take() == .code(0))
  }

  @Test func waitAnswersOnceOutputWasRead() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    let process = try await harness.exec(in: sandbox)
    process.print("read")
    process.exit()
    let (sandboxes, task) = (harness.sandboxes, sandbox.info.taskID)
    async let status = sandboxes.waitExec(taskID: task, execID: "e1")
    await harness.clock.waitForSleep(of: .milliseconds(100))
    let reader = try await sandboxes.readExec(
      taskID: task, execID: "e1", .standardOutput, offset: 0)
    #expect(try await reader.text() == "read")
    #expect(try await status == .code(0))
  }

  @Test func everyCallIsToldThatTheSandboxDied() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    _ = try await harness.exec(in: sandbox)
    let (sandboxes, task) = (harness.sandboxes, sandbox.info.taskID)
    let reader = try await sandboxes.readExec(
      taskID: task, execID: "e1", .standardOutput, offset: 0)
    async let waiting = error { _ = try await sandboxes.waitExec(taskID: task, execID: "e1") }
    async let reading = error { _ = try await reader.text() }
    try await sandboxes.terminate(sandbox.info.id)
    let errors = [
      try await waiting, try await reading,
      try await error { try await sandboxes.startExec(taskID: task, run) },
      try await error { _ = try await sandboxes.pollExec(taskID: task, execID: "e1") },
      try await error { _ = try await sandboxes.inputStatus(taskID: task, execID: "e1") },
      try await error {
        try await sandboxes.writeExec(taskID: task, execID: "e1", offset: 0, bytes: [1], eof: false)
      },
    ]
    for error in errors {
      #expect(error.code == .notFound)
      #expect(error.message == "Sandbox \(sandbox.info.id) has ended (terminated).")
    }
  }

  @Test func aWaiterIsToldWhyTheMachineDied() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    _ = try await harness.exec(in: sandbox)
    async let waiting = error {
      _ = try await harness.sandboxes.waitExec(taskID: sandbox.info.taskID, execID: "e1")
    }
    sandbox.machine.end(.failed("QEMU died."))
    let failure = try await waiting
    #expect(failure.code == .notFound)
    #expect(failure.message == "Sandbox \(sandbox.info.id) has ended (its machine died).")
  }

  @Test func aReaderDoesNotTakeWhatTheMachinesEndCutOffForWhole() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    let process = try await harness.exec(in: sandbox)
    process.print("not all")
    let reader = try await harness.sandboxes.readExec(
      taskID: sandbox.info.taskID, execID: "e1", .standardOutput, offset: 0)
    var output = reader.makeAsyncIterator()
    #expect(try await output.next()?.bytes == Array("not all".utf8))
    sandbox.machine.end(.failed("QEMU died."))
    let failure = await #expect(throws: SandlotError.self) { try await output.next() }
    #expect(failure?.message == "Sandbox \(sandbox.info.id) has ended (its machine died).")
  }

  @Test func aStarterThatLeavesDoesNotSpoilTheStart() async throws {
    let harness = try Harness()
    let gate = harness.launcher.hold()
    let info = try await harness.sandboxes.create(.sample())
    let leaving = Task { [run] in try await harness.sandboxes.startExec(taskID: info.taskID, run) }
    _ = await harness.launcher.requests.take()
    leaving.cancel()
    await #expect(throws: CancellationError.self) { try await leaving.value }
    gate.fulfil(())
    try await harness.sandboxes.startExec(taskID: info.taskID, run)
    let machine = await harness.launcher.machines.take()
    await machine.processes.take().exit()
    _ = try await harness.sandboxes.waitExec(taskID: info.taskID, execID: "e1")
    #expect(machine.processes.count == 0)
  }

  @Test func oldRecordsGoOnceThereAreMany() async throws {
    let harness = try Harness { $0.retainedExecs = 1 }
    let sandbox = try await harness.start(.sample { $0.timeoutSeconds = 86400 })
    let (sandboxes, task) = (harness.sandboxes, sandbox.info.taskID)
    for number in 1...3 {
      if number == 3 { harness.clock.advance(by: .seconds(600)) }
      let id = "e\(number)"
      try await harness.exec(ExecSpecification(execID: id, arguments: ["run"]), in: sandbox).exit()
      _ = try await sandboxes.waitExec(taskID: task, execID: id)
      if number == 2 {
        #expect(try await sandboxes.pollExec(taskID: task, execID: "e1") == .code(0))
      }
    }
    while (try? await sandboxes.pollExec(taskID: task, execID: "e2")) != nil {
      await Task.yield()
    }
    #expect(try await sandboxes.pollExec(taskID: task, execID: "e3") == .code(0))
  }

  @Test(.timeLimit(.minutes(1))) func manyRunAtOnce() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    let (sandboxes, task) = (harness.sandboxes, sandbox.info.taskID)
    let feeding = Task {
      for _ in 0..<200 {
        let process = await sandbox.machine.processes.take()
        process.print("I am \(process.command.arguments[1])")
        process.exit()
      }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<200 {
        group.addTask {
          let id = "e\(number)"
          try await sandboxes.startExec(
            taskID: task, ExecSpecification(execID: id, arguments: ["run", id]))
          let reader = try await sandboxes.readExec(
            taskID: task, execID: id, .standardOutput, offset: 0)
          #expect(try await reader.text() == "I am \(id)")
          #expect(try await sandboxes.waitExec(taskID: task, execID: id) == .code(0))
        }
      }
      try await group.waitForAll()
    }
    await feeding.value
  }
}
