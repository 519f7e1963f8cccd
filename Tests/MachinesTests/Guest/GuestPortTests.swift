import Errors
import GuestProtocol
import Machines
import Testing

@Suite(.timeLimit(.minutes(1)))
struct GuestPortTests {
  private func probe(
    _ reply: Reply, _ body: @Sendable (GuestConnection) async throws -> Void
  ) async throws {
    try await FakeAgent.run { agent in
      let (request, number) = try await agent.request()
      #expect(request == .probePort(8080))
      try await agent.reply(reply, to: number)
    } _: { path in
      try await body(GuestConnection.open(path: .init(path), machine: "m"))
    }
  }

  @Test(arguments: [true, false])
  func theAgentSaysWhetherAPortIsOpen(isOpen: Bool) async throws {
    try await probe(.port(isOpen: isOpen)) { connection in
      let answer = try await connection.acceptsConnections(port: 8080)
      #expect(answer == isOpen)
    }
  }

  @Test func aFailureAndAnAnswerToSomethingElseAreErrors() async throws {
    for reply in [Reply.failure(GuestFailure(.system, errno: 24, "no sockets")), .done] {
      try await probe(reply) { connection in
        await #expect(throws: SandlotError.self) {
          _ = try await connection.acceptsConnections(port: 8080)
        }
      }
    }
  }
}
