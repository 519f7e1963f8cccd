import Errors
import Foundation
import GuestProtocol
import Sandboxes
import SystemPackage
import Testing

/// What stays of a sandbox after its end, and for how long.
@Suite struct RetentionTests {
  let sleeping = SandboxSpecification.sample { $0.arguments = ["sleep", "60"] }

  @Test func theEntrypointsOutputIsKeptWithItsLog() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start(sleeping)
    let process = await sandbox.machine.processes.take()
    process.print("out")
    process.complain("err")
    process.exit()
    _ = try await harness.result(sandbox.info.id)
    let after = try Harness(store: harness.store, logDirectory: harness.directory.appending("logs"))
    for sandboxes in [harness.sandboxes, after.sandboxes] {
      for (stream, text) in [(OutputStreamName.standardOutput, "out"), (.standardError, "err")] {
        let reader = try await sandboxes.readEntrypoint(
          taskID: sandbox.info.taskID, stream, offset: 0)
        #expect(try await reader.text() == text)
      }
    }
    let log = try await after.sandboxes.logs.newest(100, .app("ap-1")).flatMap(\.entries)
    let id = sandbox.info.id
    #expect(log.first == "Sandbox \(id) was created: image im-1, CPU 0.125, 1024 MiB of memory.\n")
    #expect(log[1].hasPrefix("Sandbox \(id) runs after 0."))
    #expect(Set(log[2...3]) == ["out", "err"])
    #expect(log.last == "Sandbox \(id) has ended: it finished, code 0.\n")
  }

  @Test func outputIsGoneWithItsLog() async throws {
    let harness = try Harness(logs: limits { $0.finishedSandboxes = 0 })
    let sandbox = try await harness.start(sleeping)
    await sandbox.machine.processes.take().exit()
    _ = try await harness.result(sandbox.info.id)
    await harness.sandboxes.logs.removeOld()
    let gone = try await error {
      _ = try await harness.sandboxes.readEntrypoint(
        taskID: sandbox.info.taskID, .standardOutput, offset: 0)
    }
    #expect(gone.code == .notFound && gone.message.contains("is gone"))
    #expect(try await harness.sandboxes.info(sandbox.info.id).result?.status == .success)
  }

  @Test func onlyTheNewestOutputIsKeptAndReadersAreToldWhereItBegins() async throws {
    let harness = try Harness(logs: limits { $0.streamBytes = 1 << 20 })
    let sandbox = try await harness.start(sleeping)
    let process = await sandbox.machine.processes.take()
    let line = String(repeating: "x", count: 1023) + "\n"
    for _ in 0..<16 { process.print(String(repeating: line, count: 1024)) }
    process.exit()
    _ = try await harness.result(sandbox.info.id)
    let reader = try await harness.sandboxes.readEntrypoint(
      taskID: sandbox.info.taskID, .standardOutput, offset: 5)
    var chunks: [OutputChunk] = []
    for try await chunk in reader { chunks.append(chunk) }
    let first = try #require(chunks.first?.offset)
    #expect((10 << 20...15 << 20).contains(first))
    #expect(chunks.reduce(first) { $0 + Int64($1.bytes.count) } == 16 << 20)
    #expect(chunks.allSatisfy { $0.bytes.allSatisfy { $0 == 0x78 || $0 == 0x0A } })
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
    #expect(files(of: harness).isEmpty)
  }

  private func limits(_ adjust: (inout LogLimits) -> Void) -> LogLimits {
    var limits = LogLimits()
    adjust(&limits)
    return limits
  }

  private func files(of harness: Harness) -> Set<String> {
    let paths =
      FileManager.default.subpaths(atPath: harness.directory.appending("spools").string) ?? []
    return Set(paths.map { ($0 as NSString).lastPathComponent })
  }
}
