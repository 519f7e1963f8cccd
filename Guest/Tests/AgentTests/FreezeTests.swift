import GuestProtocol
import Testing

@Suite struct FreezeTests {
  @Test func spawnsWaitForTheThaw() throws {
    let host = try Host()
    #expect(try host.ask(.freeze(limitMilliseconds: 60_000)) == .done)
    let number = try host.post(.spawn(Host.shell("echo late")))
    #expect(try host.ask(.thaw) == .done)
    #expect([try host.machineCall(), try host.machineCall()] == ["freeze", "thaw"])
    guard case .spawned = try host.reply(to: number) else {
      Issue.record("the process must start after the thaw")
      return
    }
    #expect(try host.finish(1).output == "late\n")
  }

  @Test func runningProcessesGoOnWhileFrozen() throws {
    let host = try Host()
    try host.start(Host.shell("read line; echo $line"))
    #expect(try host.ask(.freeze(limitMilliseconds: 60_000)) == .done)
    try host.feed(Array("word\n".utf8), to: 1)
    #expect(try host.finish(1).output == "word\n")
    #expect(try host.ask(.thaw) == .done)
  }

  @Test func theLimitThaws() throws {
    let host = try Host()
    #expect(try host.ask(.freeze(limitMilliseconds: 20)) == .done)
    #expect([try host.machineCall(), try host.machineCall()] == ["freeze", "thaw"])
    try expectInvalidState(try host.ask(.thaw))
  }

  @Test func aSecondFreezeIsRefused() throws {
    let host = try Host()
    #expect(try host.ask(.freeze(limitMilliseconds: 60_000)) == .done)
    try expectInvalidState(try host.ask(.freeze(limitMilliseconds: 1)))
  }

  private func expectInvalidState(_ reply: Reply) throws {
    guard case .failure(let failure) = reply else {
      Issue.record("expected a failure, got \(reply)")
      return
    }
    #expect(failure.kind == .invalidState)
  }
}
