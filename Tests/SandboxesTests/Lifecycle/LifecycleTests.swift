import Errors
import GuestProtocol
import Machines
import Sandboxes
import Store
import Testing

/// Each way out of a sandbox's life, up to the one result.
@Suite struct LifecycleTests {
  let sleeping = SandboxSpecification.sample { $0.arguments = ["sleep", "60"] }

  @Test(arguments: [
    (GuestProtocol.ExitStatus.code(0), SandboxResult.Status.success, Int32(0)),
    (.code(3), .failure, 3), (.signal(9), .failure, 137),
    (.outOfMemory(victim: "python3"), .failure, 137),
  ])
  func entrypointExits(
    exit: GuestProtocol.ExitStatus, status: SandboxResult.Status, code: Int32
  ) async throws {
    let harness = try Harness()
    let sandbox = try await harness.start(sleeping)
    let process = await sandbox.machine.processes.take()
    process.print("bye\n")
    process.exit(exit)
    let result = try await harness.result(sandbox.info.id)
    #expect(result.status == status)
    #expect(result.exitCode == code)
    #expect(sandbox.machine.ended.current == .stopped)
    let info = try await harness.sandboxes.info(sandbox.info.id)
    #expect(info.result == result)
    #expect(info.startedAt != nil && info.finishedAt != nil)
    let output = try await harness.sandboxes.readEntrypoint(
      taskID: info.taskID, .standardOutput, offset: 0)
    #expect(try await output.text() == "bye\n")
  }

  @Test func isTerminated() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    #expect(try await harness.sandboxes.wait(sandbox.info.id, timeout: .zero) == nil)
    try await harness.sandboxes.terminate(sandbox.info.id)
    let result = try await harness.result(sandbox.info.id)
    #expect(result == SandboxResult(.terminated, exitCode: 137, message: "It was terminated."))
    #expect(sandbox.machine.ended.current == .stopped)
    try await harness.sandboxes.terminate(sandbox.info.id)
    #expect(try await harness.result(sandbox.info.id) == result)
  }

  @Test func isTerminatedWhileItStarts() async throws {
    let harness = try Harness()
    let gate = harness.launcher.hold()
    let info = try await harness.sandboxes.create(.sample())
    _ = await harness.launcher.requests.take()
    try await harness.sandboxes.terminate(info.id)
    #expect(try await harness.result(info.id).status == .terminated)
    gate.fulfil(())
    #expect(harness.launcher.machines.count == 0)
  }

  @Test func timesOut() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start(.sample { $0.timeoutSeconds = 7 })
    harness.clock.advance(by: .seconds(7))
    let result = try await harness.result(sandbox.info.id)
    #expect(result.status == .timeout)
    #expect(result.exitCode == 124)
    #expect(result.message.contains("7 s"))
  }

  @Test func doesNotCountTheStartAsLifetime() async throws {
    let harness = try Harness()
    let gate = harness.launcher.hold()
    let info = try await harness.sandboxes.create(.sample { $0.timeoutSeconds = 7 })
    _ = await harness.launcher.requests.take()
    harness.clock.advance(by: .seconds(100))
    gate.fulfil(())
    await harness.clock.waitForSleep(of: .seconds(7))
    #expect(try await harness.sandboxes.wait(info.id, timeout: .zero) == nil)
  }

  @Test func idlesOut() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start(.sample { $0.idleTimeoutSeconds = 20 })
    await harness.clock.waitForSleep(of: .seconds(20))
    let process = try await harness.exec(in: sandbox)
    harness.clock.advance(by: .seconds(100))
    #expect(try await harness.sandboxes.wait(sandbox.info.id, timeout: .zero) == nil)
    process.exit()
    await harness.clock.waitForSleep(of: .seconds(20))
    harness.clock.advance(by: .seconds(20))
    let result = try await harness.result(sandbox.info.id)
    #expect(result.status == .idleTimeout)
    #expect(result.exitCode == 137)
  }

  @Test func callsKeepItFromIdling() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start(.sample { $0.idleTimeoutSeconds = 20 })
    await harness.clock.waitForSleep(of: .seconds(20))
    harness.clock.advance(by: .seconds(19))
    _ = try await error {
      _ = try await harness.sandboxes.pollExec(taskID: sandbox.info.taskID, execID: "none")
    }
    await harness.clock.waitForSleep(of: .seconds(20))
    harness.clock.advance(by: .seconds(19))
    #expect(try await harness.sandboxes.wait(sandbox.info.id, timeout: .zero) == nil)
  }

  @Test func aReadingThatGoesOnDoesNotKeepItFromIdling() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start(.sample { $0.idleTimeoutSeconds = 20 })
    await harness.clock.waitForSleep(of: .seconds(20))
    harness.clock.advance(by: .seconds(19))
    _ = try await harness.sandboxes.readEntrypoint(
      taskID: sandbox.info.taskID, .standardOutput, offset: 0, continues: true)
    harness.clock.advance(by: .seconds(1))
    #expect(try await harness.result(sandbox.info.id).status == .idleTimeout)
  }

  @Test(arguments: [
    (MachineEnd.failed("QEMU died."), SandboxResult.Status.internalFailure, Int32(137)),
    (.guestShutDown, .success, 0),
    (.guestRestarted, .failure, 133),
  ])
  func machineEnds(
    end: MachineEnd, status: SandboxResult.Status, code: Int32
  ) async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    sandbox.machine.end(end)
    let result = try await harness.result(sandbox.info.id)
    #expect(result.status == status)
    #expect(result.exitCode == code)
  }

  @Test func machineDoesNotStart() async throws {
    let harness = try Harness()
    harness.launcher.fail(SandlotError(.internal, "The kernel did not boot."))
    let info = try await harness.sandboxes.create(.sample())
    let result = try await harness.result(info.id)
    #expect(result.status == .initFailure)
    #expect(result.message == "The kernel did not boot.")
    #expect(try await harness.sandboxes.info(info.id).startedAt == nil)
  }

  @Test func entrypointDoesNotStart() async throws {
    let harness = try Harness()
    harness.launcher.refuseSpawns(SandlotError(.invalidArgument, "There is no program 'nope'."))
    let info = try await harness.sandboxes.create(.sample { $0.arguments = ["nope"] })
    let result = try await harness.result(info.id)
    #expect(result.status == .initFailure)
    #expect(result.message.contains("There is no program 'nope'."))
    let machine = await harness.launcher.machines.take()
    #expect(machine.ended.current == .stopped)
  }

  @Test func serverShutsDown() async throws {
    let harness = try Harness()
    let one = try await harness.start()
    let other = try await harness.start(sleeping)
    await harness.sandboxes.shutDown()
    for info in [one.info, other.info] {
      let result = try await harness.result(info.id)
      #expect(result.status == .terminated)
      #expect(result.message == "The server was shut down.")
    }
    let refusal = try await error { _ = try await harness.sandboxes.create(.sample()) }
    #expect(refusal.code == .unavailable)
  }

  @Test func appEnds() async throws {
    let harness = try Harness()
    let one = try await harness.start()
    let other = try await harness.start(.sample { $0.appID = "ap-2" })
    await harness.sandboxes.terminateAll(appID: "ap-1")
    #expect(try await harness.result(one.info.id).status == .terminated)
    #expect(try await harness.sandboxes.wait(other.info.id, timeout: .zero) == nil)
  }

  @Test func waitsAsLongAsToldAndNoLonger() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    async let result = harness.sandboxes.wait(sandbox.info.id, timeout: .seconds(10))
    await harness.clock.waitForSleep(of: .seconds(10))
    harness.clock.advance(by: .seconds(10))
    #expect(try await result == nil)
  }
}
