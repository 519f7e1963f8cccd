import GuestProtocol
import Testing

@Suite struct TerminalTests {
  private func terminal(_ script: String) -> ProcessSpecification {
    var process = Host.shell(script)
    process.terminal = .init(rows: 33, columns: 99)
    return process
  }

  @Test func theThreeStreamsAreOneTerminal() throws {
    let host = try Host()
    try host.start(
      terminal("stty size; test -t 0 && test -t 1 && test -t 2 && echo all; echo e >&2; exit 5"))
    let expected = Outcome(status: .code(5), output: "33 99\r\nall\r\ne\r\n", errors: "")
    #expect(try host.finish(1) == expected)
  }

  @Test func itIsTheControllingTerminal() throws {
    let host = try Host()
    try host.start(terminal("echo through > /dev/tty"))
    #expect(try host.finish(1).output == "through\r\n")
  }

  @Test func theInterruptKeyInterrupts() throws {
    let host = try Host()
    try host.start(terminal("echo ready; exec sleep 1000"))
    try host.wait { host.text(5).contains("ready") }
    try host.feed([3], to: 1)
    #expect(try host.finish(1).status == .signal(2))
  }

  @Test func anEndOfInputIsIgnored() throws {
    let host = try Host()
    try host.start(terminal("stty -echo; echo ready; read x; echo got $x"))
    try host.wait { host.text(5).contains("ready") }
    try host.endInput(of: 1)
    try host.feed(Array("word\n".utf8), to: 1)
    #expect(try host.finish(1).output == "ready\r\ngot word\r\n")
  }

  @Test func everythingWrittenArrivesHoweverLateTheHostReads() throws {
    let host = try Host()
    host.grants = false
    try host.start(terminal("stty -onlcr; head -c 3000000 /dev/zero; echo end"))
    let channel: UInt32 = 5
    try host.wait { host.outputs[channel]?.count == Limits.initialWindow }
    try host.grant(10_000_000, to: channel)
    _ = try host.finish(1)
    #expect(host.outputs[channel]?.count == 3_000_004)
  }

  @Test func aBackgroundProcessDoesNotKeepItOpen() throws {
    let host = try Host()
    try host.start(terminal("setsid sleep 1000 & sleep 0.1; echo done; echo $!"))
    let outcome = try host.finish(1)
    #expect(outcome.output.hasPrefix("done\r\n"))
    let pid = outcome.output.split(whereSeparator: \.isNewline).last ?? ""
    #expect(try host.run("pkill -KILL -P \(pid); kill -9 \(pid)", id: 2).status == .code(0))
  }
}
