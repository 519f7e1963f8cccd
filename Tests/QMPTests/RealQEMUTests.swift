import Errors
import Foundation
import QMP
import Testing

private let qemu = "/usr/bin/qemu-system-x86_64"

/// Against a QEMU without a machine: it starts in a moment and runs no guest.
@Suite(
  .timeLimit(.minutes(2)), .enabled(if: FileManager.default.isExecutableFile(atPath: qemu)))
struct RealQEMUTests {
  @Test func aSessionFromGreetingToQuit() async throws {
    let path = temporarySocketPath()
    let process = try start(path)
    defer {
      if process.isRunning { process.terminate() }
      process.waitUntilExit()
      try? FileManager.default.removeItem(atPath: path)
    }
    let client = try await QMPClient.connect(path: path, timeout: .seconds(60))
    #expect(try await client.execute(QueryVersion()).qemu.major >= 7)
    #expect(try await client.execute(QueryStatus()).running == false)
    try await client.execute(Cont())
    let status = try await client.execute(QueryStatus())
    #expect(status.running && status.status == "running")
    try await client.execute(Stop())
    #expect(try await client.execute(QueryStatus()).status == "paused")
    try await useBlockNodes(client)
    #expect(try await client.execute("query-qmp-schema") != [])
    try await client.quit()
    await client.closed()
    var names: [String] = []
    for await event in client.events { names.append(event.name) }
    #expect(names.starts(with: ["RESUME", "STOP"]))
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  private func start(_ path: String) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: qemu)
    process.arguments = [
      "-M", "none", "-nodefaults", "-no-user-config", "-display", "none", "-S",
      "-qmp", "unix:\(path),server=on,wait=off",
    ]
    try process.run()
    return process
  }

  private func useBlockNodes(_ client: QMPClient) async throws {
    let node: [String: JSONValue] = ["driver": "null-co", "node-name": "n", "size": 1_048_576]
    try await client.execute(BlockdevAdd(node))
    let again = try await failure { try await client.execute(BlockdevAdd(node)) }
    #expect(again.message.contains("blockdev-add") && again.message.contains("GenericError"))
    let snapshot = BlockdevSnapshot(node: "n", overlay: "missing")
    #expect(try await failure { try await client.execute(snapshot) }.message.contains("missing"))
    try await client.execute(BlockdevDel(nodeName: "n"))
    let unknown = try await failure { try await client.execute("no-such-command") }
    #expect(unknown.message.contains("CommandNotFound"))
  }
}
