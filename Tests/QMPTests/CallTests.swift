import Errors
import QMP
import Testing

@Suite(.timeLimit(.minutes(1))) struct CallTests {
  @Test func answersFindTheirCalls() async throws {
    let script: @Sendable (inout Peer) async throws -> Void = { peer in
      try await peer.negotiate()
      var commands: [Peer.Command] = []
      for _ in 0..<3 { commands.append(try await peer.read()) }
      for command in commands.reversed() {
        try await peer.answer(command, "{\"of\": \"\(command.execute)\"}")
      }
      try await peer.readToEnd()
    }
    try await withClient(to: script) { client in
      async let first = client.execute("first")
      async let second = client.execute("second")
      async let third = client.execute("third")
      let answers = try await [first, second, third]
      #expect(answers == [["of": "first"], ["of": "second"], ["of": "third"]])
    }
  }

  @Test func argumentsArriveAsGiven() async throws {
    let arguments: [String: JSONValue] = [
      "text": "a/b \"ü\"\n", "number": 5, "yes": true, "list": [1, "x"], "inner": ["a": .null],
      "big": .integer(.max), "fraction": .number(0.5),
    ]
    let script: @Sendable (inout Peer) async throws -> Void = { peer in
      try await peer.negotiate()
      let command = try await peer.read()
      #expect(command.execute == "human-monitor-command")
      #expect(command.arguments == .object(arguments))
      try await peer.answer(command, "\"done\"")
      try await peer.readToEnd()
    }
    try await withClient(to: script) { client in
      let answer = try await client.execute("human-monitor-command", arguments)
      #expect(answer == "done")
    }
  }

  @Test func eventsDoNotDisturbCalls() async throws {
    let script: @Sendable (inout Peer) async throws -> Void = { peer in
      try await peer.negotiate()
      let command = try await peer.read()
      try await peer.send(
        "{\"event\": \"STOP\", \"timestamp\": {\"seconds\": 10, \"microseconds\": 500000}}")
      try await peer.answer(command, "{}")
      try await peer.send(
        "{\"timestamp\": {\"seconds\": 11, \"microseconds\": 0}, \"event\": \"SHUTDOWN\", "
          + "\"data\": {\"guest\": true, \"reason\": \"guest-reset\"}}")
    }
    try await withClient(to: script) { client in
      try await client.execute(Stop())
      var events: [QMPEvent] = []
      for await event in client.events { events.append(event) }
      #expect(events.map(\.name) == ["STOP", "SHUTDOWN"])
      #expect(events.map(\.data) == [[:], ["guest": true, "reason": "guest-reset"]])
      #expect(events.map(\.time.timeIntervalSince1970) == [10.5, 11])
    }
  }

  @Test func aRefusalCarriesQEMUsWords() async throws {
    let script: @Sendable (inout Peer) async throws -> Void = { peer in
      try await peer.negotiate()
      let command = try await peer.read()
      try await peer.send(
        "{\"id\": \(command.id), \"error\": "
          + "{\"class\": \"DeviceNotFound\", \"desc\": \"Device 'x' not found\"}}")
      try await peer.answer(try await peer.read(), "{}")
      try await peer.readToEnd()
    }
    try await withClient(to: script) { client in
      let error = try await #require(throws: SandlotError.self) {
        try await client.execute(BlockdevDel(nodeName: "x"))
      }
      #expect(error.code == .internal)
      for part in ["blockdev-del", "DeviceNotFound", "Device 'x' not found"] {
        #expect(error.message.contains(part))
      }
      try await client.execute(Cont())
    }
  }

  @Test func messagesMayComeInPieces() async throws {
    let script: @Sendable (inout Peer) async throws -> Void = { peer in
      try await peer.negotiate()
      let command = try await peer.read()
      for piece in ["{\"ret", "urn\": \"", "é\", \"id\": \(command.id)}\r", "\n"] {
        try await peer.sendRaw(piece)
      }
      try await peer.readToEnd()
    }
    try await withClient(to: script) { client in
      let answer = try await client.execute("a")
      #expect(answer == "é")
    }
  }

  @Test func aCallHasATimeLimit() async throws {
    let script: @Sendable (inout Peer) async throws -> Void = { peer in
      try await peer.negotiate()
      let slow = try await peer.read()
      let next = try await peer.read()
      try await peer.answer(slow, "\"late\"")
      try await peer.answer(next, "\"in time\"")
      try await peer.readToEnd()
    }
    try await withClient(to: script) { client in
      let error = try await #require(throws: SandlotError.self) {
        try await client.execute("slow", timeout: .milliseconds(30))
      }
      #expect(error.code == .deadlineExceeded)
      #expect(error.message.contains("slow") && error.message.contains("0.03"))
      #expect(try await client.execute("next") == "in time")
    }
  }

  @Test func aCallCanBeCancelled() async throws {
    let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
    let script: @Sendable (inout Peer) async throws -> Void = { peer in
      try await peer.negotiate()
      _ = try await peer.read()
      arrival.finish()
      try await peer.answer(try await peer.read(), "{}")
      try await peer.readToEnd()
    }
    try await withClient(to: script) { client in
      let call = Task { try await client.execute("never") }
      for await _ in arrivals {}
      call.cancel()
      await #expect(throws: CancellationError.self) { try await call.value }
      try await client.execute(Cont())
    }
  }

  @Test func anAnswerOfTheWrongFormIsNamed() async throws {
    let script: @Sendable (inout Peer) async throws -> Void = { peer in
      try await peer.negotiate()
      try await peer.answer(try await peer.read(), "{\"running\": \"perhaps\"}")
      try await peer.readToEnd()
    }
    try await withClient(to: script) { client in
      let error = try await #require(throws: SandlotError.self) {
        try await client.execute(QueryStatus())
      }
      #expect(error.message.contains("query-status") && error.message.contains("perhaps"))
    }
  }
}
