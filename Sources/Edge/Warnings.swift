import Foundation
import GRPCCore
import Synchronization

/// What a handler wants the user to know although the call succeeds.
///
/// The SDK prints each text once (trailing metadata `x-modal-warning`).
public final class Warnings: Sendable {
  private let texts = Mutex<[String]>([])

  /// The warnings of the call that runs in the current task; nil outside of a call.
  @TaskLocal public static var current: Warnings?

  init() {}

  /// Adds a sentence for the user.
  public func add(_ text: String) {
    texts.withLock { if !$0.contains(text) { $0.append(text) } }
  }

  var metadata: Metadata {
    var metadata = Metadata()
    for text in texts.withLock({ $0 }) {
      let encoded = text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
      metadata.addString(encoded, forKey: "x-modal-warning")
    }
    return metadata
  }
}

/// Sends a call's `Warnings` with its response.
public struct WarningsInterceptor: ServerInterceptor {
  /// An interceptor for all services.
  public init() {}

  /// Runs the call with an empty collection of warnings and sends what was added.
  public func intercept<Input: Sendable, Output: Sendable>(
    request: StreamingServerRequest<Input>,
    context: ServerContext,
    next:
      @Sendable (StreamingServerRequest<Input>, ServerContext) async throws ->
      StreamingServerResponse<Output>
  ) async throws -> StreamingServerResponse<Output> {
    let warnings = Warnings()
    return try await Warnings.$current.withValue(warnings) {
      try await next(request, context).wrappingProducer { writer, producer in
        var trailing = try await Warnings.$current.withValue(warnings) {
          try await producer(writer)
        }
        trailing.add(contentsOf: warnings.metadata)
        return trailing
      }
    }
  }
}
