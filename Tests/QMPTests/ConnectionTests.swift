import Errors
import Foundation
import QMP
import Testing

@Suite(.timeLimit(.minutes(1))) struct ConnectionTests {
  @Test func whatIsPendingFailsWithOneErrorWhenQEMUGoes() async throws {
    let script: @Sendable (inout Peer) async throws -> Void = { peer in
      try await peer.negotiate()
      for _ in 0..<2 { _ = try await peer.read() }
    }
    try await withClient(to: script) { client in
      async let first = failure { try await client.execute("first") }
      async let second = failure { try await client.execute("second") }
      let errors = try await [first, second]
      #expect(errors[0].code == .internal)
      #expect(errors[0].message.contains("closed its control socket"))
      #expect(errors[0].message.contains(client.path))
      #expect(errors[1] == errors[0])
      await client.closed()
      #expect(await client.isClosed)
      for await event in client.events { Issue.record("an event after the end: \(event)") }
      #expect(try await failure { try await client.execute("third") } == errors[0])
    }
  }

  @Test(arguments: [
    "not json", "[]", "{}", "{\"return\": {}}", "{\"event\": 5}", "{\"return\": {}, \"id\": \"x\"}",
  ])
  func garbageEndsTheConnection(line: String) async throws {
    let script: @Sendable (inout Peer) async throws -> Void = { peer in
      try await peer.negotiate()
      _ = try await peer.read()
      try await peer.send(line)
      try await peer.readToEnd()
    }
    try await withClient(to: script) { client in
      let error = try await failure { try await client.execute("a") }
      #expect(error.code == .internal)
      #expect(error.message.contains("“\(line)") && error.message.contains("not QMP"))
      await client.closed()
    }
  }

  @Test func anUnreadableRequestEndsTheConnection() async throws {
    let script: @Sendable (inout Peer) async throws -> Void = { peer in
      try await peer.negotiate()
      _ = try await peer.read()
      try await peer.send("{\"error\": {\"class\": \"GenericError\", \"desc\": \"bad JSON\"}}")
      try await peer.readToEnd()
    }
    try await withClient(to: script) { client in
      let error = try await failure { try await client.execute("a") }
      #expect(error.message.contains("bad JSON (GenericError)"))
    }
  }

  @Test func anEndlessMessageEndsTheConnection() async throws {
    let script: @Sendable (inout Peer) async throws -> Void = { peer in
      try await peer.negotiate()
      _ = try await peer.read()
      let piece = String(repeating: "x", count: 1 << 20)
      // The client closes in the midst of it.
      for _ in 0..<64 { guard (try? await peer.sendRaw(piece)) != nil else { return } }
      Issue.record("64 MiB were accepted")
    }
    try await withFakeQEMU(script) { path in
      let client = try await QMPClient.connect(path: path)
      let error = try await failure { try await client.execute("a") }
      #expect(error.message.contains("more than \(QMPClient.maximumMessageLength) bytes"))
      await client.closed()
    }
  }

  @Test func closingFailsWhatIsPending() async throws {
    let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
    let script: @Sendable (inout Peer) async throws -> Void = { peer in
      try await peer.negotiate()
      _ = try await peer.read()
      arrival.finish()
      try await peer.readToEnd()
    }
    try await withClient(to: script) { client in
      async let error = failure { try await client.execute("a") }
      async let end: Void = client.closed()
      for await _ in arrivals {}
      await client.close()
      let message = try await error.message
      #expect(message.contains("was closed"))
      await end
    }
  }

  @Test func waitingForTheEndCanBeCancelled() async throws {
    let script: @Sendable (inout Peer) async throws -> Void = { peer in
      try await peer.negotiate()
      try await peer.readToEnd()
    }
    try await withClient(to: script) { client in
      let waiting = Task { await client.closed() }
      waiting.cancel()
      await waiting.value
      #expect(await !client.isClosed)
    }
  }

  @Test func quitAcceptsAnEndWithoutAnswer() async throws {
    let script: @Sendable (inout Peer) async throws -> Void = { peer in
      try await peer.negotiate()
      #expect(try await peer.read().execute == "quit")
    }
    try await withClient(to: script) { client in
      try await client.quit()
      await client.closed()
    }
  }
}

@Suite(.timeLimit(.minutes(1))) struct ConnectTests {
  @Test func nobodyListens() async throws {
    let path = temporarySocketPath()
    let error = try await failure {
      _ = try await QMPClient.connect(path: path, timeout: .milliseconds(50))
    }
    #expect(error.code == .deadlineExceeded)
    #expect(error.message.contains(path))
  }

  @Test func theSocketMayAppearLater() async throws {
    let path = temporarySocketPath()
    let connecting = Task { try await QMPClient.connect(path: path) }
    // The first attempt has failed when this one, begun later, has.
    _ = try await failure { _ = try await QMPClient.connect(path: path, timeout: .zero) }
    let script: @Sendable (inout Peer) async throws -> Void = { peer in
      try await peer.negotiate()
      try await peer.readToEnd()
    }
    try await withFakeQEMU(at: path, script) { _ in
      let client = try await connecting.value
      #expect(await !client.isClosed)
      await client.close()
    }
  }

  @Test func nobodySpeaks() async throws {
    try await withFakeQEMU { peer in
      try await peer.readToEnd()
    } _: { path in
      let error = try await failure {
        _ = try await QMPClient.connect(path: path, timeout: .milliseconds(50))
      }
      #expect(error.code == .deadlineExceeded)
      #expect(error.message.contains(path))
    }
  }

  @Test func somethingElseAnswers() async throws {
    try await withFakeQEMU { peer in
      try await peer.send("SSH-2.0-OpenSSH_9.2")
      try await peer.readToEnd()
    } _: { path in
      let error = try await failure { _ = try await QMPClient.connect(path: path) }
      #expect(error.code == .internal)
      #expect(error.message.contains("SSH-2.0"))
    }
  }

  @Test func itClosesAtOnce() async throws {
    try await withFakeQEMU { _ in
    } _: { path in
      let error = try await failure { _ = try await QMPClient.connect(path: path) }
      #expect(error.message.contains("closed its control socket"))
    }
  }

  @Test func aLongPathIsRefused() async throws {
    let path = "/tmp/" + String(repeating: "x", count: 200)
    let error = try await failure { _ = try await QMPClient.connect(path: path) }
    #expect(error.code == .invalidArgument)
    #expect(error.message.contains(path))
  }

  @Test func aFileThatIsNoSocketIsRefused() async throws {
    let path = temporarySocketPath()
    try Data().write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let error = try await failure {
      _ = try await QMPClient.connect(path: path, timeout: .milliseconds(50))
    }
    #expect(error.message.contains(path))
  }

  @Test func connectingCanBeCancelled() async throws {
    try await withFakeQEMU { peer in
      try await peer.readToEnd()
    } _: { path in
      let connecting = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        _ = try await QMPClient.connect(path: path)
      }
      await #expect(throws: CancellationError.self) { try await connecting.value }
    }
  }
}

/// The error of something that has to fail.
func failure(_ body: () async throws -> Void) async throws -> SandlotError {
  try await #require(throws: SandlotError.self) { try await body() }
}
