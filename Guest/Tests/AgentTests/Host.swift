import Glibc
import GuestProtocol

/// The host's side of a conversation with an agent; every wait has a limit.
final class Host {
  /// A wait that took too long, or an end of the conversation.
  struct Lost: Error {
    let reason: String
  }

  private static let limit: Int32 = 20_000

  private let ends: AgentThread.Ends
  private var decoder = FrameDecoder()
  private var buffer = [UInt8](repeating: 0, count: 1 << 18)
  private var requests: UInt32 = 0
  private var replies: [UInt32: Reply] = [:]
  private(set) var hello: Hello?
  private(set) var exits: [UInt32: ExitStatus] = [:]
  private(set) var outputs: [UInt32: [UInt8]] = [:]
  private(set) var ended: Set<UInt32> = []
  private(set) var credits: [UInt32: Int] = [:]
  /// Whether received bytes are granted again at once.
  var grants = true

  init(greets: Bool = true, isReady: Bool = true) throws {
    ends = try AgentThread.start(isReady: isReady)
    if greets { try greet() }
  }

  deinit {
    close(ends.socket)
    close(ends.calls)
    close(ends.kernelLog)
  }

  // MARK: Conversation

  func greet(version: UInt32 = ProtocolVersion.current) throws {
    hello = nil
    try send(Frame(.hello, payload: Hello(version: version).encoded()))
    try wait { hello != nil }
  }

  /// Has the agent read that nobody is there, while it can still be heard.
  func fallSilent() { shutdown(ends.socket, Int32(SHUT_WR)) }

  func send(_ frame: Frame) throws { try send(frame.encoded()) }

  func send(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(ends.socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Lost(reason: "send: \(errno)") }
      rest = rest.dropFirst(count)
    }
  }

  /// Sends a request without waiting, and returns its number.
  func post(_ request: Request) throws -> UInt32 {
    requests += 1
    try send(Frame(.request, channel: requests, payload: request.encoded()))
    return requests
  }

  func ask(_ request: Request) throws -> Reply { try reply(to: try post(request)) }

  func reply(to number: UInt32) throws -> Reply {
    try wait { replies[number] != nil }
    guard let reply = replies.removeValue(forKey: number) else { throw Lost(reason: "reply") }
    return reply
  }

  /// Takes what comes until the condition holds.
  func wait(until condition: () -> Bool) throws {
    while !condition() {
      guard try receive(timeout: Self.limit) else { throw Lost(reason: "timed out") }
    }
  }

  /// Takes what comes until nothing has come for some milliseconds.
  func settle(_ milliseconds: Int32 = 200) throws {
    while try receive(timeout: milliseconds) {}
  }

  /// The next call that the machine received.
  func machineCall() throws -> String {
    var line: [UInt8] = []
    while true {
      var request = pollfd(fd: ends.calls, events: Int16(POLLIN), revents: 0)
      var byte: UInt8 = 0
      guard poll(&request, 1, Self.limit) == 1, read(ends.calls, &byte, 1) == 1 else {
        throw Lost(reason: "no call")
      }
      if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
      line.append(byte)
    }
  }

  /// Writes to the log of the machine's kernel.
  func logOfKernel(_ lines: String) {
    _ = Array(lines.utf8).withUnsafeBytes { write(ends.kernelLog, $0.baseAddress, $0.count) }
  }

  private func receive(timeout: Int32) throws -> Bool {
    var request = pollfd(fd: ends.socket, events: Int16(POLLIN), revents: 0)
    guard poll(&request, 1, timeout) == 1 else { return false }
    let count = recv(ends.socket, &buffer, buffer.count, 0)
    guard count > 0 else { throw Lost(reason: "the agent closed the conversation") }
    decoder.append(buffer.prefix(count))
    while let frame = try decoder.next() { try take(frame) }
    return true
  }

  private func take(_ frame: Frame) throws {
    switch frame.kind {
    case .hello: hello = try Hello(decoding: frame.payload)
    case .reply: replies[frame.channel] = try Reply(decoding: frame.payload)
    case .event:
      guard case .exited(let id, let status) = try Event(decoding: frame.payload) else { return }
      exits[id] = status
    case .data:
      outputs[frame.channel, default: []] += frame.payload
      if grants { try grant(UInt32(frame.payload.count), to: frame.channel) }
    case .end: ended.insert(frame.channel)
    case .credit:
      var reader = WireReader(frame.payload)
      credits[frame.channel, default: 0] += Int(try reader.integer(UInt32.self))
    case .request: throw Lost(reason: "the agent sent a request")
    }
  }

  func grant(_ bytes: UInt32, to channel: UInt32) throws {
    var writer = WireWriter()
    writer.write(bytes)
    try send(Frame(.credit, channel: channel, payload: writer.bytes))
  }
}
