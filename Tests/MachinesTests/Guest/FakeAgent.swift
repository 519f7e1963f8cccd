import Foundation
import GuestProtocol
import NIOCore
import NIOPosix
import Testing

/// The other end of a `GuestConnection`, for a script to speak through.
struct FakeAgent {
  private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
  private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  private var decoder = FrameDecoder()

  /// Serves one connection with `script` while `body` uses it; ends when both have.
  static func run(
    _ script: @escaping @Sendable (inout FakeAgent) async throws -> Void,
    _ body: @Sendable (_ path: String) async throws -> Void
  ) async throws {
    let path = "/tmp/sandlot-agent-\(UUID().uuidString.prefix(8)).sock"
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .bind(unixDomainSocketPath: path) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    defer { unlink(path) }
    try await server.executeThenClose { connections in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          for try await connection in connections {
            try await connection.executeThenClose { inbound, outbound in
              var agent = FakeAgent(inbound: inbound.makeAsyncIterator(), outbound: outbound)
              try await script(&agent)
            }
            return
          }
        }
        try await body(path)
        try await group.waitForAll()
      }
    }
  }

  /// The next frame from the host.
  mutating func next() async throws -> Frame {
    while true {
      if let frame = try decoder.next() { return frame }
      let more = try #require(await inbound.next(), "the host has gone")
      decoder.append(more.readableBytesView)
    }
  }

  /// Waits until the host has closed the connection; returns what it sent before.
  mutating func rest() async throws -> [Frame] {
    var frames: [Frame] = []
    while true {
      while let frame = try decoder.next() { frames.append(frame) }
      guard let more = try await inbound.next() else { return frames }
      decoder.append(more.readableBytesView)
    }
  }

  func send(_ frame: Frame) async throws {
    try await outbound.write(ByteBuffer(bytes: frame.encoded()))
  }

  func sendRaw(_ bytes: [UInt8]) async throws {
    try await outbound.write(ByteBuffer(bytes: bytes))
  }

  /// Awaits the host's next request and its number.
  mutating func request() async throws -> (request: Request, number: UInt32) {
    let frame = try await next()
    #expect(frame.kind == .request)
    return (try Request(decoding: frame.payload), frame.channel)
  }

  func reply(_ reply: Reply, to number: UInt32) async throws {
    try await send(Frame(.reply, channel: number, payload: reply.encoded()))
  }

  /// Awaits a spawn, lets it succeed and returns what was to be spawned.
  mutating func acceptSpawn() async throws -> ProcessSpecification {
    let (request, number) = try await request()
    guard case .spawn(let specification) = request else {
      throw UnexpectedRequest(request: request)
    }
    try await reply(.spawned(pid: 100), to: number)
    return specification
  }

  func data(_ process: UInt32, _ stream: StreamID.Descriptor, _ bytes: [UInt8]) async throws {
    let channel = StreamID(process: process, stream).channel
    try await send(Frame(.data, channel: channel, payload: bytes))
  }

  func end(_ process: UInt32, _ stream: StreamID.Descriptor) async throws {
    try await send(Frame(.end, channel: StreamID(process: process, stream).channel))
  }

  func exit(_ process: UInt32, _ status: GuestProtocol.ExitStatus) async throws {
    let event = Event.exited(process: process, status: status)
    try await send(Frame(.event, payload: event.encoded()))
  }

  struct UnexpectedRequest: Error { let request: Request }
}
