import Glibc
import GuestProtocol
import Testing

@Suite struct ProcessTests {
  @Test func outputErrorsAndCodeArrive() throws {
    let host = try Host()
    #expect(
      try host.run("echo out; echo err >&2; exit 42")
        == Outcome(status: .code(42), output: "out\n", errors: "err\n"))
  }

  @Test(arguments: [SIGKILL, SIGTERM, SIGSEGV]) func deathBySignalIsTold(_ number: Int32) throws {
    let host = try Host()
    #expect(try host.run("ulimit -c 0; kill -\(number) $$").status == .signal(number))
  }

  @Test func aSignalReachesTheProcess() throws {
    let host = try Host()
    try host.start(Host.shell("exec sleep 1000"))
    #expect(try host.ask(.signal(process: 1, number: SIGTERM, group: false)) == .done)
    #expect(try host.finish(1).status == .signal(SIGTERM))
    guard
      case .failure(let failure) = try host.ask(
        .signal(process: 1, number: SIGTERM, group: false))
    else {
      Issue.record("an ended process cannot be signalled")
      return
    }
    #expect(failure.kind == .invalidState)
  }

  @Test func aSignalReachesTheGroup() throws {
    let host = try Host()
    // The outputs end only when the background process is gone too.
    try host.start(Host.shell("sleep 1000 & echo ready; wait"))
    try host.wait { host.text(5) == "ready\n" }
    #expect(try host.ask(.signal(process: 1, number: SIGKILL, group: true)) == .done)
    #expect(try host.finish(1).status == .signal(SIGKILL))
  }

  @Test func theExitIsToldWhileABackgroundProcessHoldsTheOutput() throws {
    let host = try Host()
    try host.start(Host.shell("(read x; echo late) <&0 & exit 3"))
    try host.wait { host.exits[1] != nil }
    #expect(host.exits[1] == .code(3))
    try host.feed(Array("x\n".utf8), to: 1)
    try host.endInput(of: 1)
    try host.wait { host.ended.contains(5) }
  }

  @Test func theEnvironmentIsExactlyWhatWasGiven() throws {
    let host = try Host()
    var process = ProcessSpecification(id: 1, arguments: ["env"])
    process.environment = ["PATH=/usr/bin:/bin", "B=x y", "A=é"]
    try host.start(process)
    #expect(try host.finish(1).output == "PATH=/usr/bin:/bin\nB=x y\nA=é\nHOME=/root\n")
  }

  @Test func signalsMaskAndDescriptorsAreFresh() throws {
    let host = try Host()
    let script = "grep -E '^Sig(Blk|Ign)' /proc/self/status; ls /proc/$$/fd; ulimit -Sn; umask"
    let lines = try host.run(script).output.split(separator: "\n")
    #expect(lines.prefix(2) == ["SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000"])
    #expect(lines.suffix(5) == ["0", "1", "2", "1024", "0022"])
  }

  @Test func theWorkingDirectoryIsEntered() throws {
    let host = try Host()
    var process = Host.shell("pwd")
    process.workingDirectory = "/usr"
    try host.start(process)
    #expect(try host.finish(1).output == "/usr\n")
  }

  @Test func theWorkingDirectoryIsMade() throws {
    let host = try Host()
    let base = "/tmp/agent-test-\(getpid())"
    defer { for path in [base + "/b/c", base + "/b", base] { rmdir(path) } }
    var process = Host.shell("pwd")
    process.workingDirectory = base + "/b/c"
    #expect(try host.failure(of: process).kind == .workingDirectory)
    process.createsWorkingDirectory = true
    try host.start(process)
    #expect(try host.finish(1).output == base + "/b/c\n")
  }

  @Test func theUserIsTakenOn() throws {
    let host = try Host()
    var process = Host.shell("id -u; id -g; echo $HOME")
    process.user = "1234:5678"
    try host.start(process)
    #expect(try host.finish(1).output == "1234\n5678\n/\n")
    // The agent itself is still root.
    #expect(try host.run("id -u", id: 2).output == "0\n")
  }

  @Test func mergedErrorsKeepTheirOrder() throws {
    let host = try Host()
    var process = Host.shell("echo 1; echo 2 >&2; echo 3")
    process.standardError = .merged
    try host.start(process)
    try host.wait { host.exits[1] != nil && host.ended.contains(5) }
    #expect(host.text(5) == "1\n2\n3\n")
    #expect(!host.ended.contains(6))
  }

  @Test func nullStreamsHaveNoChannels() throws {
    let host = try Host()
    var process = Host.shell("cat; echo x; echo y >&2; exit 4")
    process.standardInput = .null
    process.standardOutput = .null
    process.standardError = .null
    try host.start(process)
    try host.wait { host.exits[1] != nil }
    #expect(host.exits[1] == .code(4))
    #expect(host.outputs.isEmpty && host.ended.isEmpty)
  }

  @Test func twoHundredProcessesRunAtOnce() throws {
    let host = try Host()
    let ids = UInt32(1)...200
    for id in ids { try host.start(Host.shell("read x; echo $x; exit \(id)", id: id)) }
    for id in ids { try host.feed(Array("line \(id)\n".utf8), to: id) }
    for id in ids {
      let expected = Outcome(
        status: .code(Int32(id)), output: "line \(id)\n", errors: "")
      #expect(try host.finish(id) == expected)
    }
  }

  @Test func aNumberIsUsedOnce() throws {
    let host = try Host()
    try host.start(Host.shell("read x"))
    #expect(try host.failure(of: Host.shell("true")).kind == .invalidState)
  }
}
