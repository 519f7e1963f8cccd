import Glibc
import GuestProtocol
import Testing

@Suite struct StreamTests {
  private static let output = StreamID(process: 1, .standardOutput).channel
  private static let input = StreamID(process: 1, .standardInput).channel

  @Test func aHundredMegabytesPassInBothDirections() throws {
    let host = try Host()
    try host.start(ProcessSpecification(id: 1, arguments: ["/bin/cat"]))
    let bytes = try random(100 << 20)
    try host.feed(bytes, to: 1)
    try host.endInput(of: 1)
    try host.wait { host.exits[1] != nil && host.ended.contains(Self.output) }
    #expect(host.exits[1] == .code(0))
    let received = host.outputs[Self.output] ?? []
    #expect(received.count == bytes.count)
    #expect(memcmp(received, bytes, min(received.count, bytes.count)) == 0)
    #expect(host.credits[Self.input] == bytes.count)
  }

  private func random(_ count: Int) throws -> [UInt8] {
    let device = open("/dev/urandom", O_RDONLY | O_CLOEXEC)
    defer { close(device) }
    return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let size = read(device, buffer.baseAddress.map { $0 + filled }, count - filled)
        guard size > 0 else { throw Host.Lost(reason: "no random bytes: \(errno)") }
        filled += size
      }
    }
  }

  @Test func withoutCreditExactlyTheWindowComes() throws {
    let host = try Host()
    host.grants = false
    try host.start(Host.shell("exec cat /dev/zero"))
    try host.wait { host.outputs[Self.output]?.count == Limits.initialWindow }
    // Another process is not held up.
    #expect(try host.run("echo other", id: 2).output == "other\n")
    #expect(host.outputs[Self.output]?.count == Limits.initialWindow)
    try host.grant(1000, to: Self.output)
    try host.wait { host.outputs[Self.output]?.count == Limits.initialWindow + 1000 }
    #expect(try host.ask(.signal(process: 1, number: 9, group: true)) == .done)
  }

  @Test func aStalledInputHoldsNothingElseUp() throws {
    let host = try Host()
    try host.start(Host.shell("exec sleep 1000"))
    let chunk = [UInt8](repeating: 1, count: Limits.maximumChunk)
    for _ in 0..<Limits.initialWindow / chunk.count {
      try host.send(Frame(.data, channel: Self.input, payload: chunk))
    }
    #expect(try host.run("echo other", id: 2).output == "other\n")
    #expect(try host.ask(.signal(process: 1, number: 9, group: true)) == .done)
    #expect(try host.finish(1).status == .signal(9))
  }

  @Test func aHostThatIgnoresTheWindowLosesItsSession() throws {
    let host = try Host()
    try host.start(Host.shell("exec sleep 1000"))
    let chunk = [UInt8](repeating: 1, count: 1 << 20)
    for _ in 0..<6 { try host.send(Frame(.data, channel: Self.input, payload: chunk)) }
    try host.greet()
    #expect(try host.ask(.signal(process: 1, number: 9, group: true)) == .done)
  }

  @Test func theEndOfInputIsTheEndOfTheFile() throws {
    let host = try Host()
    try host.start(Host.shell("wc -c"))
    try host.feed(Array("12345".utf8), to: 1)
    try host.endInput(of: 1)
    #expect(try host.finish(1).output == "5\n")
  }

  @Test func aClosedInputIsToldToTheHost() throws {
    let host = try Host()
    try host.start(Host.shell("exec <&-; echo closed; exec sleep 1000"))
    try host.wait { host.text(Self.output) == "closed\n" }
    // A process that another test is starting may hold the pipe for a moment.
    while !host.ended.contains(Self.input) {
      try host.feed([1], to: 1)
      try host.settle(10)
    }
    // What was on its way is dropped.
    try host.send(Frame(.data, channel: Self.input, payload: [2]))
    #expect(try host.ask(.signal(process: 1, number: 9, group: true)) == .done)
    #expect(try host.finish(1).status == .signal(9))
  }

  @Test func anOutputMayEndBeforeTheProcess() throws {
    let host = try Host()
    try host.start(Host.shell("exec >&-; read x; exit 6"))
    try host.wait { host.ended.contains(Self.output) }
    #expect(host.exits[1] == nil)
    try host.endInput(of: 1)
    #expect(try host.finish(1).status == .code(6))
  }

  @Test func bytesOfManyWritersAreShared() throws {
    let host = try Host()
    for id in UInt32(1)...8 { try host.start(Host.shell("exec cat /dev/zero", id: id)) }
    let channels = (UInt32(1)...8).map { StreamID(process: $0, .standardOutput).channel }
    try host.wait { channels.contains { host.outputs[$0, default: []].count > 24 << 20 } }
    for channel in channels { #expect(host.outputs[channel, default: []].count > 4 << 20) }
    for id in UInt32(1)...8 { _ = try host.ask(.signal(process: id, number: 9, group: true)) }
  }

  @Test func aNewSessionGetsANewWindow() throws {
    let host = try Host()
    host.grants = false
    try host.start(Host.shell("exec cat /dev/zero"))
    try host.wait { host.outputs[Self.output]?.count == Limits.initialWindow }
    try host.greet()
    try host.wait { host.outputs[Self.output]?.count == 2 * Limits.initialWindow }
    #expect(try host.ask(.signal(process: 1, number: 9, group: true)) == .done)
  }
}
