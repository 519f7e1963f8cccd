import GuestProtocol
import Testing

@Suite struct SessionTests {
  @Test func aHelloIsAnswered() throws {
    let host = try Host()
    #expect(host.hello == Hello(kernel: "6.1-fake"))
  }

  @Test func anotherVersionIsAnsweredTooForTheHostToRefuse() throws {
    let host = try Host(greets: false)
    try host.greet(version: 99)
    #expect(host.hello?.version == ProtocolVersion.current)
  }

  /// After a restore the guest's kernel may have the host's first bytes before it knows that a host
  /// is there.
  @Test func aHelloIsAnsweredThatComesBeforeWordOfTheHost() throws {
    for _ in 0..<20 {
      let host = try Host(greets: false)
      try host.send(Frame(.hello, payload: Hello().encoded()))
      let request = try host.post(.readMemory)
      host.fallSilent()
      #expect(try host.reply(to: request) == .memory(total: 1 << 30, available: 1 << 29))
      #expect(host.hello != nil)
    }
  }

  @Test func requestsBeforeAHelloAreIgnored() throws {
    let host = try Host(greets: false)
    _ = try host.post(.thaw)
    try host.greet()
    try host.settle(50)
    guard case .failure = try host.ask(.thaw) else {
      Issue.record("a thaw without a freeze must fail")
      return
    }
  }

  @Test func aSecondHelloOpensASecondSession() throws {
    let host = try Host()
    #expect(try host.run("echo 1").output == "1\n")
    try host.greet()
    #expect(try host.run("echo 2", id: 2).output == "2\n")
  }

  @Test(arguments: [
    [UInt8](repeating: 0xff, count: 100),
    Frame(.reply, channel: 1, payload: [1]).encoded(),
    Frame(.request, channel: 1, payload: [99]).encoded(),
    Frame(.data, channel: 7, payload: [1]).encoded(),
    Frame(.hello, payload: [1]).encoded(),
  ])
  func bytesWithoutSenseCostTheSessionOnly(_ garbage: [UInt8]) throws {
    let host = try Host()
    try host.send(garbage)
    try host.greet()
    #expect(try host.run("echo on").output == "on\n")
  }

  @Test func processesNeedARoot() throws {
    let host = try Host(isReady: false)
    #expect(try host.failure(of: Host.shell("true")).kind == .invalidState)
    let bad = RootFilesystem(device: "/dev/bad", modulesDevice: "", certificates: [])
    guard case .failure(let failure) = try host.ask(.mountRoot(bad)) else {
      Issue.record("the mount must fail")
      return
    }
    #expect(failure.errno == 2)
    let good = RootFilesystem(device: "/dev/vda", modulesDevice: "", certificates: [])
    #expect(try host.ask(.mountRoot(good)) == .done)
    #expect(try host.machineCall() == "mountRoot /dev/vda")
    #expect(try host.run("echo ready").output == "ready\n")
  }

  @Test func processesRunInARehearsalToo() throws {
    let host = try Host(isReady: false)
    let identity = Identity(
      hostname: "spare", machineID: "", clock: ClockReference(monotonic: 0, realtime: 0),
      entropy: [], network: nil)
    #expect(try host.ask(.rehearse(device: "/dev/vda", identity)) == .done)
    #expect(try host.machineCall() == "rehearse /dev/vda spare")
    #expect(try host.run("echo line").output == "line\n")
    #expect(try host.ask(.endRehearsal) == .done)
    #expect(try host.machineCall() == "endRehearsal")
    #expect(try host.ask(.mountFiles(device: "/dev/vdc", filesystem: "ext4")) == .done)
    #expect(try host.machineCall() == "mountFiles /dev/vdc ext4")
    #expect(try host.ask(.unmountFiles) == .done)
    #expect(try host.machineCall() == "unmountFiles")
    #expect(try host.failure(of: Host.shell("true")).kind == .invalidState)
  }

  @Test func identityReachesTheMachine() throws {
    let host = try Host()
    let identity = Identity(
      hostname: "box", machineID: "", clock: ClockReference(monotonic: 0, realtime: 0), entropy: [],
      network: nil)
    #expect(try host.ask(.configure(identity)) == .done)
    #expect(try host.machineCall() == "configure box")
  }

  @Test func memoryAndClockAreTold() throws {
    let host = try Host()
    #expect(try host.ask(.readMemory) == .memory(total: 1 << 30, available: 1 << 29))
    guard case .clock(let first) = try host.ask(.readClock),
      case .clock(let second) = try host.ask(.readClock)
    else {
      Issue.record("the clock must be told")
      return
    }
    #expect(first > 0 && second > first)
  }

  @Test func shutDownIsAnsweredBeforeThePowerGoes() throws {
    let host = try Host()
    #expect(try host.ask(.shutDown) == .done)
    #expect(try host.machineCall() == "powerOff")
  }
}
