import Errors
import Machines
import Sandboxes
import Testing

/// The stages of a creation, as they are told while the sandbox runs, after its end, and where it
/// fails.
@Suite struct CreateTraceTests {
  private func names(_ trace: CreateTrace) -> [String] { trace.stages.map(\.name) }

  @Test func theStagesAreThoseOfTheMachineAndWhatIsAround() async throws {
    let harness = try Harness()
    let gate = harness.launcher.hold()
    let info = try await harness.sandboxes.create(.sample { $0.arguments = ["serve"] })
    _ = await harness.launcher.requests.take()
    // The fake machine says that a quarter of a second of its launch was QEMU's.
    harness.clock.advance(by: .seconds(1))
    gate.fulfil(())
    await harness.clock.waitForSleep(of: .seconds(300))
    let trace = try await harness.sandboxes.createTrace(info.id)
    #expect(names(trace) == ["accept", "wait", "qemu", "hand over", "entrypoint", "record"])
    #expect(trace.stages.map(\.seconds) == [0, 0, 0.25, 0.75, 0, 0])
    #expect(trace.seconds == 1)
    #expect(trace.path == .restore && trace.isReady && trace.firstExec == nil)
  }

  @Test func theFirstExecIsTimedFromWhenTheSandboxCouldBeUsed() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    harness.clock.advance(by: .seconds(2))
    let first = try await harness.exec(in: sandbox)
    let second = try await harness.exec(
      ExecSpecification(execID: "e2", arguments: ["run"]), in: sandbox)
    harness.clock.advance(by: .seconds(3))
    let id = sandbox.info.id
    #expect(try await harness.sandboxes.createTrace(id).firstExec == .init(started: 2))
    second.exit()
    first.exit()
    while try await harness.sandboxes.createTrace(id).firstExec?.exited == nil {
      await Task.yield()
    }
    #expect(try await harness.sandboxes.createTrace(id).firstExec == .init(started: 2, exited: 5))
  }

  @Test func itStaysAfterTheEndAndARestart() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    _ = try await harness.exec(in: sandbox)
    let id = sandbox.info.id
    let running = try await harness.sandboxes.createTrace(id)
    try await harness.sandboxes.terminate(id)
    let finished = try await harness.sandboxes.createTrace(id)
    #expect(finished.stages == running.stages && finished.path == running.path)
    #expect(finished.firstExec?.started == 0)
    let next = try Harness(store: harness.store)
    #expect(try await next.sandboxes.createTrace(id) == finished)
  }

  @Test func aServerThatIsKilledHasWrittenTheStages() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    let next = try Harness(store: harness.store)
    _ = try await next.sandboxes.recoverAfterRestart()
    let trace = try await next.sandboxes.createTrace(sandbox.info.id)
    #expect(names(trace) == ["accept", "wait", "qemu", "hand over"])
  }

  @Test func aMachineThatDoesNotStartSaysWhy() async throws {
    let harness = try Harness()
    harness.launcher.fail(SandlotError(.internal, "The kernel did not boot."))
    let info = try await harness.sandboxes.create(.sample())
    _ = try await harness.result(info.id)
    let trace = try await harness.sandboxes.createTrace(info.id)
    #expect(names(trace) == ["accept", "wait", "launch"])
    #expect(trace.stages.last?.failure == "The kernel did not boot.")
    #expect(!trace.isReady && trace.path == nil)
  }

  @Test func anEntrypointThatDoesNotStartSaysWhy() async throws {
    let harness = try Harness()
    harness.launcher.refuseSpawns(SandlotError(.invalidArgument, "There is no program 'nope'."))
    let info = try await harness.sandboxes.create(.sample { $0.arguments = ["nope"] })
    _ = try await harness.result(info.id)
    let trace = try await harness.sandboxes.createTrace(info.id)
    #expect(trace.stages.last?.name == "entrypoint")
    #expect(trace.stages.last?.failure?.contains("'nope'") == true)
    #expect(!trace.isReady && trace.path == .restore)
  }

  @Test func anUnknownSandboxHasNone() async throws {
    let harness = try Harness()
    let refusal = try await error { _ = try await harness.sandboxes.createTrace("sb-none") }
    #expect(refusal.code == .notFound && refusal.message.contains("sb-none"))
  }
}
