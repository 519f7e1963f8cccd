import Errors
import GuestProtocol
import Sandboxes
import Testing

@Suite struct ReadinessTests {
  private static let interval = Duration.milliseconds(250)

  private func probed(
    _ check: ReadinessProbe.Check, idle: Int64? = nil
  ) -> SandboxSpecification {
    .sample {
      $0.readinessProbe = ReadinessProbe(check, intervalMilliseconds: 250)
      $0.idleTimeoutSeconds = idle
    }
  }

  @Test func aPortIsProbedUntilItIsOpen() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start(probed(.port(8080)))
    await harness.clock.waitForSleep(of: Self.interval)
    async let ready = harness.sandboxes.waitUntilReady(
      taskID: sandbox.info.taskID, timeout: .seconds(60))
    await harness.clock.waitForSleep(of: .seconds(60))
    sandbox.machine.openPorts.withLock { $0 = [8080] }
    harness.clock.advance(by: Self.interval)
    let date = try await ready
    #expect(date == harness.clock.date)
    // Once is for ever.
    sandbox.machine.openPorts.withLock { $0 = [] }
    let again = try await harness.sandboxes.waitUntilReady(
      taskID: sandbox.info.taskID, timeout: .zero)
    #expect(again == date)
  }

  @Test func aCommandIsRunUntilItSucceeds() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start(
      .sample {
        $0.environment = [EnvironmentVariable(name: "A", value: "1")]
        $0.readinessProbe = ReadinessProbe(.command(["test", "-f", "/ready"]))
      })
    let first = await sandbox.machine.processes.take()
    #expect(first.command.arguments == ["test", "-f", "/ready"])
    #expect(first.command.environment.contains("A=1"))
    first.exit(.code(1))
    await harness.clock.waitForSleep(of: .milliseconds(100))
    harness.clock.advance(by: .milliseconds(100))
    let second = await sandbox.machine.processes.take()
    second.exit(.code(0))
    _ = try await harness.sandboxes.waitUntilReady(
      taskID: sandbox.info.taskID, timeout: .seconds(60))
    #expect(sandbox.machine.processes.count == 0)
  }

  @Test func aCommandThatHangsIsKilledAndRunAgain() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start(probed(.command(["hang"])))
    let first = await sandbox.machine.processes.take()
    await harness.clock.waitForSleep(of: .seconds(10))
    harness.clock.advance(by: .seconds(10))
    #expect(await first.signals.take() == 9)
    await harness.clock.waitForSleep(of: Self.interval)
    harness.clock.advance(by: Self.interval)
    await sandbox.machine.processes.take().exit(.code(0))
    _ = try await harness.sandboxes.waitUntilReady(
      taskID: sandbox.info.taskID, timeout: .seconds(60))
  }

  @Test func aWaitThatTakesTooLongSaysWhatWasWrong() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start(probed(.command(["nope"])))
    await sandbox.machine.processes.take().exit(.code(3))
    await harness.clock.waitForSleep(of: Self.interval)
    async let failure = error {
      _ = try await harness.sandboxes.waitUntilReady(
        taskID: sandbox.info.taskID, timeout: .milliseconds(200))
    }
    await harness.clock.waitForSleep(of: .milliseconds(200))
    harness.clock.advance(by: .milliseconds(200))
    let late = try await failure
    #expect(late.code == .deadlineExceeded)
    #expect(late.message.contains("exited with 3"))
  }

  @Test func withoutAProbeThereIsNothingToWaitFor() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    let failure = try await error {
      _ = try await harness.sandboxes.waitUntilReady(
        taskID: sandbox.info.taskID, timeout: .seconds(1))
    }
    #expect(failure.code == .failedPrecondition)
  }

  @Test func theEndOfTheSandboxEndsTheWait() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start(probed(.port(1)))
    async let failure = error {
      _ = try await harness.sandboxes.waitUntilReady(
        taskID: sandbox.info.taskID, timeout: .seconds(60))
    }
    await harness.clock.waitForSleep(of: .seconds(60))
    try await harness.sandboxes.terminate(sandbox.info.id)
    #expect(try await failure.code == .notFound)
  }

  @Test func probesDoNotKeepItFromIdlingAndAWaitDoes() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start(probed(.port(1), idle: 20))
    await harness.clock.waitForSleep(of: .seconds(20))
    async let failure = error {
      _ = try await harness.sandboxes.waitUntilReady(
        taskID: sandbox.info.taskID, timeout: .seconds(100))
    }
    await harness.clock.waitForSleep(of: .seconds(100))
    harness.clock.advance(by: .seconds(100))
    #expect(try await failure.code == .deadlineExceeded)
    #expect(try await harness.sandboxes.wait(sandbox.info.id, timeout: .zero) == nil)
    await harness.clock.waitForSleep(of: .seconds(20))
    harness.clock.advance(by: .seconds(20))
    #expect(try await harness.result(sandbox.info.id).status == .idleTimeout)
  }

  @Test(arguments: [
    ReadinessProbe(.port(0)), ReadinessProbe(.port(65536)), ReadinessProbe(.command([])),
    ReadinessProbe(.command([""])), ReadinessProbe(.command(["a\0"])),
    ReadinessProbe(.port(1), intervalMilliseconds: 0),
    ReadinessProbe(.port(1), intervalMilliseconds: 86_400_001),
  ])
  func someProbesCannotBe(probe: ReadinessProbe) async throws {
    let harness = try Harness()
    let failure = try await error {
      _ = try await harness.sandboxes.create(.sample { $0.readinessProbe = probe })
    }
    #expect(failure.code == .invalidArgument)
  }
}
