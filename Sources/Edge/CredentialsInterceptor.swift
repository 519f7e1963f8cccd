import Errors
import GRPCCore
import Tokens

/// Lets only those calls of the control plane through that bring the server's token id and secret.
public struct CredentialsInterceptor: ServerInterceptor {
  private let credentials: Credentials

  /// An interceptor for the control plane's service.
  public init(credentials: Credentials) {
    self.credentials = credentials
  }

  /// Refuses the call with `unauthenticated` and what to do about it, or runs it.
  public func intercept<Input: Sendable, Output: Sendable>(
    request: StreamingServerRequest<Input>,
    context: ServerContext,
    next:
      @Sendable (StreamingServerRequest<Input>, ServerContext) async throws ->
      StreamingServerResponse<Output>
  ) async throws -> StreamingServerResponse<Output> {
    let metadata = CallMetadata.current
    guard let id = metadata.tokenID, let secret = metadata.tokenSecret else {
      throw SandlotError(
        .unauthenticated, "The request carries no token.",
        hint: "Set MODAL_TOKEN_ID and MODAL_TOKEN_SECRET; 'sandlot env' prints them.")
    }
    guard credentials.match(id: id, secret: secret) else {
      throw SandlotError(
        .unauthenticated, "The token '\(id)' with this secret is not valid on this server.",
        hint: "Set MODAL_TOKEN_ID and MODAL_TOKEN_SECRET as 'sandlot env' prints them.")
    }
    return try await next(request, context)
  }
}
