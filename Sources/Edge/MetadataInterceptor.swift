import GRPCCore

/// Makes a call's metadata known to its handler as `CallMetadata.current`.
public struct MetadataInterceptor: ServerInterceptor {
  /// An interceptor for all services.
  public init() {}

  /// Runs the call, and what its response produces later, with its metadata.
  public func intercept<Input: Sendable, Output: Sendable>(
    request: StreamingServerRequest<Input>,
    context: ServerContext,
    next:
      @Sendable (StreamingServerRequest<Input>, ServerContext) async throws ->
      StreamingServerResponse<Output>
  ) async throws -> StreamingServerResponse<Output> {
    let metadata = CallMetadata(request.metadata)
    return try await CallMetadata.$current.withValue(metadata) {
      try await next(request, context).wrappingProducer { writer, producer in
        try await CallMetadata.$current.withValue(metadata) { try await producer(writer) }
      }
    }
  }
}

extension StreamingServerResponse {
  /// The same response whose producer runs inside `wrapper`.
  func wrappingProducer(
    _ wrapper:
      @escaping @Sendable (
        RPCWriter<Message>, @Sendable (RPCWriter<Message>) async throws -> Metadata
      ) async throws -> Metadata
  ) -> StreamingServerResponse<Message> {
    guard case .success(var contents) = accepted else { return self }
    let producer = contents.producer
    contents.producer = { writer in try await wrapper(writer, producer) }
    return StreamingServerResponse(accepted: .success(contents))
  }
}
