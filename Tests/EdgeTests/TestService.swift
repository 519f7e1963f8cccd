import Edge
import GRPCCore
import GRPCInProcessTransport
import Logging

/// A service of one method, behind the interceptors of the real server.
struct TestService: RegistrableRPCService {
  static let method = MethodDescriptor(fullyQualifiedService: "test.Edge", method: "Call")

  /// What happens before the response begins.
  var handle: @Sendable () async throws -> Void = {}
  /// What the response says.
  var produce: @Sendable () async throws -> String = { "" }

  func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
    router.registerHandler(
      forMethod: Self.method, deserializer: TextCoder(), serializer: TextCoder()
    ) { (_: StreamingServerRequest<String>, _) -> StreamingServerResponse<String> in
      try await handle()
      return StreamingServerResponse { writer in
        try await writer.write(try await produce())
        return [:]
      }
    }
  }
}

/// Calls a method through the interceptors; returns the answer and the metadata that follow it.
func call(
  _ service: any RegistrableRPCService, method: MethodDescriptor = TestService.method,
  metadata: Metadata = [:], guardedBy guards: [any ServerInterceptor] = []
) async throws -> (text: String, trailing: Metadata) {
  let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  let interceptors: [any ServerInterceptor] =
    [ErrorInterceptor(logger: logger), MetadataInterceptor()] + guards + [WarningsInterceptor()]
  let transport = InProcessTransport()
  return try await withGRPCServer(
    transport: transport.server, services: [service], interceptors: interceptors
  ) { _ in
    try await withGRPCClient(transport: transport.client) { client in
      try await client.unary(
        request: ClientRequest(message: "", metadata: metadata), descriptor: method,
        serializer: TextCoder(), deserializer: TextCoder(), options: .defaults
      ) { (response: ClientResponse<String>) in
        (try response.message, response.trailingMetadata)
      }
    }
  }
}

/// Texts as messages.
struct TextCoder: MessageSerializer, MessageDeserializer {
  func serialize<Bytes: GRPCContiguousBytes>(_ message: String) -> Bytes { Bytes(message.utf8) }

  func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) -> String {
    bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }
}
