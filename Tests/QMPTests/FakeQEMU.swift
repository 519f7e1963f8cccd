import Foundation
import NIOCore
import NIOPosix
import QMP
import Testing

/// The server's end of one connection, for a script to speak through.
struct Peer {
  struct Command: Decodable {
    let execute: String
    let arguments: JSONValue
    let id: Int
  }

  var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
  let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  private var unread = ByteBuffer()

  init(
    _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
    _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  ) {
    self.inbound = inbound.makeAsyncIterator()
    self.outbound = outbound
  }

  static let greeting = """
    {"QMP": {"version": {"qemu": {"micro": 1, "minor": 2, "major": 7}, "package": "test"}, \
    "capabilities": ["oob"]}}
    """

  /// Greets, and answers the negotiation.
  mutating func negotiate() async throws {
    try await send(Self.greeting)
    let command = try await read()
    #expect(command.execute == "qmp_capabilities")
    try await answer(command, "{}")
  }

  func send(_ line: String) async throws {
    try await sendRaw(line + "\r\n")
  }

  func sendRaw(_ text: String) async throws {
    try await outbound.write(ByteBuffer(string: text))
  }

  func answer(_ command: Command, _ result: String) async throws {
    try await send("{\"return\": \(result), \"id\": \(command.id)}")
  }

  /// The next command; an error when the client has gone.
  mutating func read() async throws -> Command {
    while true {
      if let newline = unread.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
        let length = newline - unread.readerIndex + 1
        let line = unread.readBytes(length: length) ?? []
        return try JSONDecoder().decode(Command.self, from: Data(line))
      }
      var more = try #require(await inbound.next())
      unread.writeBuffer(&more)
    }
  }

  /// Waits until the client closes.
  mutating func readToEnd() async throws {
    while try await inbound.next() != nil {}
  }
}

/// A socket path that nothing uses; short, as socket paths have to be.
func temporarySocketPath() -> String {
  "/tmp/qmp-test-\(UUID().uuidString.prefix(13)).sock"
}

/// Runs `script` as the QEMU that the first connection to `path` meets; its end closes it.
func withFakeQEMU(
  at path: String = temporarySocketPath(),
  _ script: @escaping @Sendable (inout Peer) async throws -> Void,
  _ body: (String) async throws -> Void
) async throws {
  defer { try? FileManager.default.removeItem(atPath: path) }
  let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
    .bind(unixDomainSocketPath: path) { channel in
      channel.eventLoop.makeCompletedFuture {
        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
      }
    }
  try await withThrowingTaskGroup { group in
    group.addTask {
      try await server.executeThenClose { connections in
        for try await connection in connections {
          try await connection.executeThenClose { inbound, outbound in
            var peer = Peer(inbound, outbound)
            try await script(&peer)
          }
          return
        }
      }
    }
    do {
      try await body(path)
    } catch {
      group.cancelAll()
      throw error
    }
    try await group.waitForAll()
  }
}

/// Runs `body` with a client that is connected to `script`, and closes it in the end.
func withClient(
  to script: @escaping @Sendable (inout Peer) async throws -> Void,
  _ body: (QMPClient) async throws -> Void
) async throws {
  try await withFakeQEMU(script) { path in
    let client = try await QMPClient.connect(path: path)
    do {
      try await body(client)
    } catch {
      await client.close()
      throw error
    }
    await client.close()
  }
}
