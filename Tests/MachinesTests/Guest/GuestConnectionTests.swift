import Errors
import GuestProtocol
import Machines
import Testing

@Suite(.timeLimit(.minutes(1)))
struct GuestConnectionTests {
  @Test func greetsAnAgentOfTheSameBuild() async throws {
    try await FakeAgent.run { agent in
      let frame = try await agent.next()
      #expect(frame == Frame(.hello, payload: Hello().encoded()))
      try await agent.send(Frame(.hello, payload: Hello(kernel: "6.1.0-test").encoded()))
    } _: { path in
      let connection = try await GuestConnection.open(path: .init(path), machine: "m")
      #expect(try await connection.greet().kernel == "6.1.0-test")
    }
  }

  @Test func refusesAnAgentOfAnotherBuildAndNamesBoth() async throws {
    let theirs = ProtocolVersion.current + 7
    try await FakeAgent.run { agent in
      try await agent.send(Frame(.hello, payload: Hello(version: theirs).encoded()))
    } _: { path in
      let connection = try await GuestConnection.open(path: .init(path), machine: "m")
      let error = await #expect(throws: SandlotError.self) { _ = try await connection.greet() }
      #expect(error?.code == .failedPrecondition)
      #expect(error?.message.contains("version \(theirs) ") == true)
      #expect(error?.message.contains("version \(ProtocolVersion.current).") == true)
    }
  }

  @Test func whatIsPendingFailsWhenTheMachineEnds() async throws {
    try await FakeAgent.run { agent in
      _ = try await agent.acceptSpawn()
      _ = try await agent.request()
    } _: { path in
      let connection = try await GuestConnection.open(path: .init(path), machine: "sb-1")
      let process = try await connection.spawn(MachineCommand(arguments: ["sleep"]))
      let freeze = Task { try await connection.perform(.freeze(limitMilliseconds: 1)) }
      let ended = SandlotError(.notFound, "sb-1 has ended.")
      await #expect(throws: ended) { try await freeze.value }
      await #expect(throws: ended) { _ = try await process.wait() }
      await #expect(throws: ended) { _ = try await process.write([1]) }
      await #expect(throws: ended) { try await connection.perform(.thaw) }
      // What had come of its output is not all of it.
      await #expect(throws: ended) {
        for try await _ in process.standardOutput { Issue.record("nothing was written") }
      }
    }
  }

  @Test func answersReachTheirRequestsInAnyOrder() async throws {
    try await FakeAgent.run { agent in
      let first = try await agent.request()
      let second = try await agent.request()
      for (request, number) in [second, first] {
        let isFreeze = request == .freeze(limitMilliseconds: 5)
        try await agent.reply(
          isFreeze ? .done : .failure(GuestFailure(.invalidState, "not frozen")), to: number)
      }
    } _: { path in
      let connection = try await GuestConnection.open(path: .init(path), machine: "m")
      let freeze = Task { try await connection.perform(.freeze(limitMilliseconds: 5)) }
      let thaw = Task { try await connection.perform(.thaw) }
      try await freeze.value
      await #expect(throws: SandlotError(.failedPrecondition, "not frozen")) {
        try await thaw.value
      }
    }
  }

  @Test func anAgentThatDoesNotAnswerIsNotAwaitedForEver() async throws {
    try await FakeAgent.run { agent in
      _ = try await agent.request()
      _ = try await agent.rest()
    } _: { path in
      let connection = try await GuestConnection.open(path: .init(path), machine: "m")
      let error = await #expect(throws: SandlotError.self) {
        try await connection.perform(.thaw, limit: .milliseconds(20))
      }
      #expect(error?.code == .deadlineExceeded)
      connection.close()
    }
  }

  @Test(arguments: [
    Frame(.request, channel: 1, payload: Request.thaw.encoded()).encoded(),
    Frame(.event, payload: [9]).encoded(),
    [0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, 0],
    [0, 0, 0, 0, 99, 0, 0, 0, 0],
  ])
  func nonsenseEndsTheConnection(bytes: [UInt8]) async throws {
    try await FakeAgent.run { agent in
      try await agent.sendRaw(bytes)
      _ = try await agent.rest()
    } _: { path in
      let connection = try await GuestConnection.open(path: .init(path), machine: "m")
      let reason = try #require(await connection.waitUntilLost())
      #expect(reason.contains("makes no sense"))
    }
  }

  @Test(arguments: [
    (GuestFailure.Kind.programNotFound, Int32(2), SandlotError.Code.invalidArgument),
    (.notExecutable, 13, .invalidArgument), (.workingDirectory, 2, .invalidArgument),
    (.argumentsTooLong, 7, .invalidArgument), (.unknownUser, 0, .invalidArgument),
    (.system, 28, .resourceExhausted), (.system, 5, .internal),
  ])
  func refusalsGetTheirCodes(
    kind: GuestFailure.Kind, errno: Int32, code: SandlotError.Code
  ) async throws {
    try await FakeAgent.run { agent in
      let (_, number) = try await agent.request()
      let failure = GuestFailure(kind, errno: errno, "nope: 'x'")
      try await agent.reply(.failure(failure), to: number)
      _ = try await agent.rest()
    } _: { path in
      let connection = try await GuestConnection.open(path: .init(path), machine: "m")
      await #expect(throws: SandlotError(code, "nope: 'x'")) {
        _ = try await connection.spawn(MachineCommand(arguments: ["x"]))
      }
      connection.close()
    }
  }
}
