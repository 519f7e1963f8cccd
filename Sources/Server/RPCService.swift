import API
import Edge
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import Logging
import ModalProtocol
import NIOCore
import Operator
import OperatorProtocol
import Router
import ServiceLifecycle
import Tokens

/// The gRPC server: both planes and the operator's service on one port, plaintext HTTP/2.
struct RPCService: Service {
  private let server: GRPCServer<HTTP2ServerTransport.Posix>

  init(
    socket: ListeningSocket, controlPlane: ControlPlane, router: CommandRouter,
    operatorPlane: OperatorPlane, imageLibrary: ImageLibraryPlane,
    pythonLibrary: PythonLibraryPlane, credentials: Credentials, logger: Logger
  ) {
    let transport = HTTP2ServerTransport.Posix(
      listeningSocketDescriptor: Int(socket.descriptor), transportSecurity: .plaintext,
      config: .defaults { config in
        // Each running sandbox may hold several calls open, and clients with more calls in flight
        // than this lose the connection.
        config.http2.maxConcurrentStreams = 16_384
        config.http2.maxFrameSize = 1 << 20
        config.http2.targetWindowSize = 16 << 20
        config.rpc.maxRequestPayloadSize = 128 << 20
        // The SDK pings every 30 seconds, also without calls.
        config.connection.keepalive.clientBehavior.allowWithoutCalls = true
        config.connection.keepalive.clientBehavior.minPingIntervalWithoutCalls = .seconds(5)
        config.channelDebuggingCallbacks.onAcceptTCPConnection = { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(StreamWindowLimit(), position: .first)
          }
        }
      })
    server = GRPCServer(
      transport: transport,
      services: [
        controlPlane, router, operatorPlane, imageLibrary, pythonLibrary, UnsupportedService(),
      ],
      interceptorPipeline: [
        .apply(ErrorInterceptor(logger: logger), to: .all),
        .apply(MetadataInterceptor(), to: .all),
        .apply(
          CredentialsInterceptor(credentials: credentials),
          to: .services([
            Modal_Client_ModalClient.descriptor, Sandlot_Operator_Operator.descriptor,
            Sandlot_Operator_ImageLibrary.descriptor,
            Sandlot_Operator_PythonLibrary.descriptor,
          ])),
        .apply(WarningsInterceptor(), to: .all),
      ])
  }

  func run() async throws {
    try await withGracefulShutdownHandler {
      try await server.serve()
    } onGracefulShutdown: {
      server.beginGracefulShutdown()
    }
  }
}
