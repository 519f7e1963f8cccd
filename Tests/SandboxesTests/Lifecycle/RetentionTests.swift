import Errors
import Foundation
import GuestProtocol
import Sandboxes
import Testing

/// What stays of a sandbox after its end, and for how long.
@Suite struct RetentionTests {
  let sleeping = SandboxSpecification.sample { $0.arguments = ["sleep", "60"] }

  @Test func outputIsForgottenAfterARetention() async throws {
    let harness = try Harness { $0.outputRetention = .seconds(50) }
    let sandbox = try await harness.start(sleeping)
    await sandbox.machine.processes.take().exit()
    _ = try await harness.result(sandbox.info.id)
    await harness.clock.waitForSleep(of: .seconds(50))
    harness.clock.advance(by: .seconds(50))
    let info = sandbox.info
    while (try? await harness.sandboxes.readEntrypoint(
      taskID: info.taskID, .standardOutput, offset: 0)) != nil
    {
      await Task.yield()
    }
    #expect(try await harness.sandboxes.info(info.id).result?.status == .success)
  }

  @Test func keepsTheOutputOfTheLatestOnly() async throws {
    let harness = try Harness { $0.retainedSandboxes = 1 }
    var infos: [SandboxInfo] = []
    for number in 0..<2 {
      let sandbox = try await harness.start(sleeping)
      let process = await sandbox.machine.processes.take()
      process.print("\(number)")
      process.exit()
      _ = try await harness.result(sandbox.info.id)
      infos.append(sandbox.info)
    }
    let gone = try await error {
      _ = try await harness.sandboxes.readEntrypoint(
        taskID: infos[0].taskID, .standardOutput, offset: 0)
    }
    #expect(gone.code == .notFound)
    let kept = try await harness.sandboxes.readEntrypoint(
      taskID: infos[1].taskID, .standardOutput, offset: 0)
    #expect(try await kept.text() == "1")
    #expect(files(of: harness) == [infos[1].id, "entrypoint.stdout"])
  }

  @Test func leavesNoFileOfAnExec() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    let process = try await harness.exec(in: sandbox)
    process.print("out")
    let reader = try await harness.sandboxes.readExec(
      taskID: sandbox.info.taskID, execID: "e1", .standardOutput, offset: 0)
    var chunks = reader.makeAsyncIterator()
    _ = try await chunks.next()
    #expect(files(of: harness) == [sandbox.info.id, "exec-1.stdout"])
    try await harness.sandboxes.terminate(sandbox.info.id)
    #expect(files(of: harness) == [sandbox.info.id])
    await harness.sandboxes.shutDown()
    #expect(files(of: harness).isEmpty)
  }

  private func files(of harness: Harness) -> Set<String> {
    let paths = FileManager.default.subpaths(atPath: harness.directory.string) ?? []
    return Set(paths.map { ($0 as NSString).lastPathComponent })
  }
}
