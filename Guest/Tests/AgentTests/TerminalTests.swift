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

  @Test(arguments: ["word\n", "word", ""])
  func anEndOfInputIsTypedAsItsCharacter(_ input: String) throws {
    let host = try Host()
    try host.start(terminal("stty -echo eof ^F; echo ready; echo \"<$(cat)>\""))
    try host.wait { host.text(5).contains("ready") }
    try host.feed(Array(input.utf8), to: 1)
    try host.endInput(of: 1)
    let word = input.isEmpty ? "" : "word"
    #expect(try host.finish(1).output == "ready\r\n<\(word)>\r\n")
    // What the agent typed by itself is not the host's to send again.
    #expect(host.credits[4, default: 0] == input.utf8.count)
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

  @Test func aBackgroundProcessThatNeverStopsWritingDoesNotKeepItOpen() throws {
    let host = try Host()
    let script = "echo first; setsid sh -c 'while echo later; do :; done' & sleep 0.1; exit 4"
    try host.start(terminal(script))
    let outcome = try host.finish(1)
    #expect(outcome.status == .code(4))
    #expect(outcome.output.hasPrefix("first\r\n") && outcome.output.hasSuffix("later\r\n"))
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
