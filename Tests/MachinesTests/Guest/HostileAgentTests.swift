import Errors
import GuestProtocol
import Machines
import Testing

/// What an agent does that is not ours any more.
@Suite(.timeLimit(.minutes(1)))
struct HostileAgentTests {
  @Test func creditForWhatWasNeverSentEndsTheConnection() async throws {
    try await FakeAgent.run { agent in
      let process = try await agent.acceptSpawn().id
      var writer = WireWriter()
      writer.write(UInt32(1))
      let channel = StreamID(process: process, .standardInput).channel
      try await agent.send(Frame(.credit, channel: channel, payload: writer.bytes))
      _ = try await agent.rest()
    } _: { path in
      let connection = try await GuestConnection.open(path: .init(path), machine: "m")
      _ = try await connection.spawn(MachineCommand(arguments: ["cat"]))
      #expect(await connection.waitUntilLost()?.contains("granted 1 bytes") == true)
    }
  }

  /// Were it not held back, the server would have taken 64 MiB into its memory in no time.
  @Test func anAgentThatReadsNothingHoldsTheWriterBack() async throws {
    let count = 64
    let (judgement, judged) = AsyncStream.makeStream(of: Void.self)
    try await FakeAgent.run { agent in
      for _ in 0..<count { _ = try await agent.acceptSpawn() }
      for await _ in judgement {}
      _ = try? await agent.rest()
    } _: { path in
      let connection = try await GuestConnection.open(path: .init(path), machine: "m")
      var processes: [GuestProcess] = []
      for _ in 0..<count {
        processes.append(try await connection.spawn(MachineCommand(arguments: ["cat"])))
      }
      let window = [UInt8](repeating: 7, count: Limits.initialWindow)
      let hasWrittenAll = await withTaskGroup(of: Bool.self) { [processes] group in
        group.addTask {
          for process in processes {
            guard (try? await process.write(window)) == true else { return false }
          }
          return true
        }
        group.addTask {
          try? await Task.sleep(for: .milliseconds(300))
          return false
        }
        defer { group.cancelAll() }
        return await group.next() ?? true
      }
      #expect(!hasWrittenAll)
      judged.finish()
      connection.close()
    }
  }

  @Test func aRequestThatNoAgentTakesIsNotSent() async throws {
    try await FakeAgent.run { agent in
      // A start that failed is followed by a kill, for one that began all the same.
      guard case .signal = try await agent.request().request else {
        Issue.record("the long request was sent")
        return
      }
      #expect(try await agent.acceptSpawn().arguments == ["true"])
      _ = try await agent.rest()
    } _: { path in
      let connection = try await GuestConnection.open(path: .init(path), machine: "m")
      let long = String(repeating: "x", count: Limits.maximumPayload)
      let error = await #expect(throws: SandlotError.self) {
        _ = try await connection.spawn(MachineCommand(arguments: ["true", long]))
      }
      #expect(error?.code == .invalidArgument)
      // The conversation goes on.
      _ = try await connection.spawn(MachineCommand(arguments: ["true"]))
      connection.close()
    }
  }
}
