import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// The HTTP/1.1 server for contents that are too large for a message.
public struct UploadServer: Sendable {
  typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

  /// How long a connection may be silent.
  private static let patience = TimeAmount.seconds(120)

  private let uploads: Uploads
  private let logger: Logger

  /// A server; `serve` makes it run.
  public init(uploads: Uploads, logger: Logger) {
    self.uploads = uploads
    self.logger = logger
  }

  /// Serves on a bound socket until the task is cancelled; uploads that are under way are given up
  /// then.
  public func serve(onSocket descriptor: Int32) async throws {
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .bind(descriptor) { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
          try pipeline.addHandlers(IdleStateHandler(readTimeout: Self.patience), SilenceHandler())
          return try Connection(wrappingChannelSynchronously: channel)
        }
      }
    try await withThrowingDiscardingTaskGroup { group in
      try await server.executeThenClose { connections in
        for try await connection in connections {
          group.addTask { await serve(connection) }
        }
      }
      group.cancelAll()
    }
  }

  private func serve(_ connection: Connection) async {
    do {
      try await connection.executeThenClose { inbound, outbound in
        var requests = UploadRequests(inbound)
        while let head = try await requests.next() {
          let exchange = UploadExchange(uploads: uploads, head: head, outbound: outbound)
          guard try await exchange.run(&requests) else { return }
        }
      }
    } catch {
      // A client that leaves in the middle sends it all again.
      logger.debug("a connection for uploads ended", metadata: ["error": "\(error)"])
    }
  }
}

/// Closes a connection that has been silent for too long.
private final class SilenceHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is IdleStateHandler.IdleStateEvent {
      context.close(promise: nil)
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }
}
