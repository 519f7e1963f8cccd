import Errors
import GRPCCore
import Logging

/// Turns what handlers throw into the status and text that the SDK shows.
///
/// The one place where errors become gRPC statuses. An error that is not ours is a defect: it is
/// logged in full, and the client is told so without its details.
public struct ErrorInterceptor: ServerInterceptor {
  private let logger: Logger

  /// An interceptor for all services.
  public init(logger: Logger) {
    self.logger = logger
  }

  /// Runs the call and translates the error it or its response's producer throws.
  public func intercept<Input: Sendable, Output: Sendable>(
    request: StreamingServerRequest<Input>,
    context: ServerContext,
    next:
      @Sendable (StreamingServerRequest<Input>, ServerContext) async throws ->
      StreamingServerResponse<Output>
  ) async throws -> StreamingServerResponse<Output> {
    let method = context.descriptor.method
    do {
      let response = try await next(request, context)
      // What the interceptors below this one let through comes as the cause of an UNKNOWN.
      if case .failure(let error) = response.accepted, let cause = error.cause { throw cause }
      return response.wrappingProducer { writer, producer in
        do { return try await producer(writer) } catch { throw translate(error, of: method) }
      }
    } catch {
      throw translate(error, of: method)
    }
  }

  private func translate(_ error: any Error, of method: String) -> RPCError {
    switch error {
    case let error as RPCError: return error
    case let error as SandlotError:
      if error.code == .internal { logger.error("\(method): \(error)") }
      return RPCError(code: RPCError.Code(error.code), message: error.description)
    case is CancellationError: return RPCError(code: .cancelled, message: "The call was cancelled.")
    default:
      logger.error("\(method): \(error)")
      return RPCError(
        code: .internalError,
        message: "The server failed in a way that it should not. Its log has the details.")
    }
  }
}

extension RPCError.Code {
  init(_ code: SandlotError.Code) {
    self =
      switch code {
      case .invalidArgument: .invalidArgument
      case .notFound: .notFound
      case .alreadyExists: .alreadyExists
      case .unauthenticated: .unauthenticated
      case .permissionDenied: .permissionDenied
      case .failedPrecondition: .failedPrecondition
      case .resourceExhausted: .resourceExhausted
      case .unimplemented: .unimplemented
      case .deadlineExceeded: .deadlineExceeded
      case .unavailable: .unavailable
      case .internal: .internalError
      }
  }
}
