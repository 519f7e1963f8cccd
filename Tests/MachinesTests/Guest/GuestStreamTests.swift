import Errors
import GuestProtocol
import Machines
import Testing

@Suite(.timeLimit(.minutes(1)))
struct GuestStreamTests {
  @Test func outputAndExitMayComeBeforeTheAnswerToSpawn() async throws {
    try await FakeAgent.run { agent in
      let (request, number) = try await agent.request()
      guard case .spawn(let process) = request else {
        Issue.record("no spawn")
        return
      }
      #expect(process.arguments == ["echo", "ä"])
      try await agent.data(process.id, .standardOutput, Array("early".utf8))
      try await agent.data(process.id, .standardError, Array("oops".utf8))
      try await agent.end(process.id, .standardError)
      try await agent.exit(process.id, .code(3))
      try await agent.end(process.id, .standardOutput)
      try await agent.reply(.spawned(pid: 7), to: number)
      _ = try await agent.rest()
    } _: { path in
      let connection = try await GuestConnection.open(path: .init(path), machine: "m")
      let process = try await connection.spawn(MachineCommand(arguments: ["echo", "ä"]))
      #expect(try await collect(process.standardOutput) == Array("early".utf8))
      #expect(try await collect(process.standardError) == Array("oops".utf8))
      #expect(try await process.wait() == .code(3))
      connection.close()
    }
  }

  @Test func processesDoNotMixUpTheirStreams() async throws {
    try await FakeAgent.run { agent in
      let first = try await agent.acceptSpawn().id
      let second = try await agent.acceptSpawn().id
      for turn in 0..<100 as Range<UInt8> {
        try await agent.data(first, .standardOutput, [turn])
        try await agent.data(second, .standardOutput, [turn, 255])
      }
      for process in [second, first] {
        try await agent.end(process, .standardOutput)
        try await agent.exit(process, .signal(Int32(process)))
      }
      _ = try await agent.rest()
    } _: { path in
      let connection = try await GuestConnection.open(path: .init(path), machine: "m")
      let first = try await connection.spawn(MachineCommand(arguments: ["a"]))
      let second = try await connection.spawn(MachineCommand(arguments: ["b"]))
      #expect(try await collect(first.standardOutput) == (0..<100).map { UInt8($0) })
      #expect(try await collect(second.standardOutput) == (0..<100).flatMap { [UInt8($0), 255] })
      #expect(try await first.wait() != second.wait())
      connection.close()
    }
  }

  @Test func inputStopsAtTheWindowAndGoesOnWithCredit() async throws {
    let content = (0..<Limits.initialWindow + 300_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
    try await FakeAgent.run { agent in
      let process = try await agent.acceptSpawn().id
      let channel = StreamID(process: process, .standardInput).channel
      var received: [UInt8] = []
      while received.count < Limits.initialWindow {
        let frame = try await agent.next()
        #expect(frame.kind == .data && frame.channel == channel)
        #expect(frame.payload.count <= Limits.maximumChunk)
        received += frame.payload
      }
      #expect(received.count == Limits.initialWindow)
      // Were more sent without credit, it would come before the answer to this.
      try await agent.exit(99, .code(0))
      try await agent.send(Frame(.credit, channel: channel, payload: bytes(of: 300_000)))
      while received.count < content.count { received += try await agent.next().payload }
      #expect(received == content)
      #expect(try await agent.next() == Frame(.end, channel: channel))
    } _: { path in
      let connection = try await GuestConnection.open(path: .init(path), machine: "m")
      let process = try await connection.spawn(MachineCommand(arguments: ["cat"]))
      #expect(try await process.write(content))
      await process.closeStandardInput()
      await process.closeStandardInput()
      #expect(try await process.write([1]) == false)
    }
  }

  @Test func aProcessThatClosedItsInputIsNotWrittenTo() async throws {
    try await FakeAgent.run { agent in
      let process = try await agent.acceptSpawn().id
      var received = 0
      while received < Limits.initialWindow { received += try await agent.next().payload.count }
      try await agent.end(process, .standardInput)
      #expect(try await agent.rest().isEmpty)
    } _: { path in
      let connection = try await GuestConnection.open(path: .init(path), machine: "m")
      let process = try await connection.spawn(MachineCommand(arguments: ["true"]))
      // More than the window: it waits for credit that never comes, until the end does.
      let content = [UInt8](repeating: 0, count: 2 * Limits.initialWindow)
      #expect(try await process.write(content) == false)
      connection.close()
    }
  }

  @Test func outputIsGrantedWhenItIsTaken() async throws {
    try await FakeAgent.run { agent in
      let process = try await agent.acceptSpawn().id
      let chunk = [UInt8](repeating: 1, count: Limits.maximumChunk)
      for _ in 0..<Limits.initialWindow / Limits.maximumChunk {
        try await agent.data(process, .standardOutput, chunk)
      }
      var granted = 0
      while granted < Limits.initialWindow {
        let frame = try await agent.next()
        #expect(frame.kind == .credit)
        var reader = WireReader(frame.payload)
        granted += Int(try reader.integer(UInt32.self))
        // Few frames for many chunks.
        #expect(granted % (Limits.initialWindow / 4) == 0)
      }
      #expect(granted == Limits.initialWindow)
      try await agent.end(process, .standardOutput)
      #expect(try await agent.rest().isEmpty)
    } _: { path in
      let connection = try await GuestConnection.open(path: .init(path), machine: "m")
      let process = try await connection.spawn(MachineCommand(arguments: ["yes"]))
      #expect(try await collect(process.standardOutput).count == Limits.initialWindow)
      connection.close()
    }
  }

  @Test func moreThanTheWindowEndsTheConnection() async throws {
    try await FakeAgent.run { agent in
      let process = try await agent.acceptSpawn().id
      let chunk = [UInt8](repeating: 1, count: Limits.maximumChunk)
      for _ in 0...Limits.initialWindow / Limits.maximumChunk {
        try await agent.data(process, .standardOutput, chunk)
      }
      _ = try await agent.rest()
    } _: { path in
      let connection = try await GuestConnection.open(path: .init(path), machine: "m")
      let process = try await connection.spawn(MachineCommand(arguments: ["yes"]))
      let reason = try #require(await connection.waitUntilLost())
      #expect(reason.contains("0 were allowed"))
      _ = process.standardOutput
    }
  }

  @Test func outputThatNobodyWantsHoldsNobodyBack() async throws {
    try await FakeAgent.run { agent in
      let process = try await agent.acceptSpawn().id
      let chunk = [UInt8](repeating: 1, count: Limits.maximumChunk)
      var window = Limits.initialWindow
      for _ in 0..<100 {
        while window < chunk.count {
          let frame = try await agent.next()
          guard frame.kind == .credit else { continue }
          var reader = WireReader(frame.payload)
          window += Int(try reader.integer(UInt32.self))
        }
        try await agent.data(process, .standardOutput, chunk)
        window -= chunk.count
      }
    } _: { path in
      let connection = try await GuestConnection.open(path: .init(path), machine: "m")
      _ = try await connection.spawn(MachineCommand(arguments: ["yes"]))
    }
  }

  @Test func aSignalToOneThatHasEndedDoesNothing() async throws {
    try await FakeAgent.run { agent in
      let process = try await agent.acceptSpawn().id
      let (request, number) = try await agent.request()
      #expect(request == .signal(process: process, number: 15, group: true))
      try await agent.reply(.failure(GuestFailure(.invalidState, "unknown")), to: number)
      _ = try await agent.rest()
    } _: { path in
      let connection = try await GuestConnection.open(path: .init(path), machine: "m")
      let process = try await connection.spawn(MachineCommand(arguments: ["true"]))
      try await process.signal(15, group: true)
      connection.close()
    }
  }
}

private func collect(_ output: ProcessOutput) async throws -> [UInt8] {
  var all: [UInt8] = []
  for try await chunk in output { all += chunk }
  return all
}

private func bytes(of value: UInt32) -> [UInt8] {
  var writer = WireWriter()
  writer.write(value)
  return writer.bytes
}
