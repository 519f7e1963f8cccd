import Errors
import GRPCCore
import GRPCNIOTransportHTTP2Posix

/// A connection to a server: how every call of the operator's commands is made.
struct ServerConnection: Sendable {
  typealias Transport = HTTP2ClientTransport.Posix

  let url: String
  let client: GRPCClient<Transport>
  /// What proves to the server who asks.
  let metadata: Metadata

  /// Connects, runs `body`, and disconnects. Throws what `body` throws, and
  /// `SandlotError.invalidArgument` for an address that is none.
  static func with<Value: Sendable>(
    _ address: OperatorAddress, _ body: @Sendable (ServerConnection) async throws -> Value
  ) async throws -> Value {
    let (host, port) = try address.place()
    let transport = try HTTP2ClientTransport.Posix(
      target: .dns(host: host, port: port), transportSecurity: .plaintext,
      config: .defaults { config in
        config.http2.targetWindowSize = 4 << 20
        config.http2.maxFrameSize = 1 << 20
      })
    return try await withGRPCClient(transport: transport) { client in
      try await body(
        ServerConnection(
          url: address.url, client: client,
          metadata: [
            "x-modal-token-id": .string(address.tokenID),
            "x-modal-token-secret": .string(address.tokenSecret),
            "x-modal-host": .string(host),
          ]))
    }
  }

  /// A person waits: a server that is not there is told at once, one that hangs soon.
  func options(_ timeout: Duration? = .seconds(10)) -> CallOptions {
    var options = CallOptions.defaults
    options.waitForReady = false
    options.timeout = timeout
    options.maxResponseMessageBytes = 128 << 20
    return options
  }

  /// Makes a call; what it fails with is a `SandlotError`, as the server says it, or `unavailable`.
  func call<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
      return try await body()
    } catch let error as RPCError where error.code == .unavailable {
      throw SandlotError(
        .unavailable, "The server at \(url) does not answer.",
        hint: "See whether it serves with: sandlot status")
    } catch let error as RPCError where error.code == .unimplemented {
      throw SandlotError(
        .unimplemented, "The server at \(url) does not know what was asked: \(error.message)",
        hint: "It is of another version, or no Sandlot: restart it with this one.")
    } catch let error as RPCError where error.code == .cancelled {
      throw CancellationError()
    } catch let error as RPCError {
      throw SandlotError(SandlotError.Code(error.code), error.message)
    }
  }
}

extension SandlotError.Code {
  /// The code that became this status on the way from the server.
  fileprivate init(_ code: RPCError.Code) {
    self =
      switch code {
      case .invalidArgument: .invalidArgument
      case .notFound: .notFound
      case .alreadyExists: .alreadyExists
      case .unauthenticated: .unauthenticated
      case .permissionDenied: .permissionDenied
      case .failedPrecondition: .failedPrecondition
      case .resourceExhausted: .resourceExhausted
      case .deadlineExceeded: .deadlineExceeded
      default: .internal
      }
  }
}
