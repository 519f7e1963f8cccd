import Errors
import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import OperatorProtocol

/// What it takes to ask a server.
public struct OperatorAddress: Sendable, Equatable {
  /// `http://host:port`, as in `MODAL_SERVER_URL`.
  public var url: String
  /// The token id that the server wants.
  public var tokenID: String
  /// The secret that belongs to it.
  public var tokenSecret: String

  /// An address.
  public init(url: String, tokenID: String, tokenSecret: String) {
    self.url = url
    self.tokenID = tokenID
    self.tokenSecret = tokenSecret
  }
}

/// A connection to a server's operator service.
public struct OperatorClient: Sendable {
  private let address: OperatorAddress
  private let client: Sandlot_Operator_Operator.Client<HTTP2ClientTransport.Posix>

  /// Connects, runs `body`, and disconnects. Throws what `body` throws, and
  /// `SandlotError.invalidArgument` for an address that is none.
  public static func connected<Value: Sendable>(
    to address: OperatorAddress, _ body: @Sendable (OperatorClient) async throws -> Value
  ) async throws -> Value {
    let transport = try HTTP2ClientTransport.Posix(
      target: address.target, transportSecurity: .plaintext)
    return try await withGRPCClient(transport: transport) { client in
      try await body(
        OperatorClient(
          address: address, client: Sandlot_Operator_Operator.Client(wrapping: client)))
    }
  }

  /// How the sandboxes stand now. Throws `SandlotError`, as the server says it, or `unavailable`.
  public func sandboxes(
    includeFinished: Bool
  ) async throws -> Sandlot_Operator_ListSandboxesResponse {
    try await translated {
      try await client.listSandboxes(
        .with { $0.includeFinished = includeFinished }, metadata: metadata, options: options)
    }
  }

  /// The stages of a sandbox's creation. Throws `SandlotError`, as the server says it, or
  /// `unavailable`.
  public func createTrace(_ sandboxID: String) async throws -> Sandlot_Operator_CreateTrace {
    try await translated {
      try await client.getCreateTrace(
        .with { $0.sandboxID = sandboxID }, metadata: metadata, options: options)
    }
  }

  private var metadata: Metadata {
    [
      "x-modal-token-id": .string(address.tokenID),
      "x-modal-token-secret": .string(address.tokenSecret),
    ]
  }

  /// A person waits: a server that is not there is told at once, one that hangs soon.
  private var options: CallOptions {
    var options = CallOptions.defaults
    options.waitForReady = false
    options.timeout = .seconds(10)
    return options
  }

  private func translated<Value>(_ call: () async throws -> Value) async throws -> Value {
    do {
      return try await call()
    } catch let error as RPCError where error.code == .unavailable {
      throw SandlotError(
        .unavailable, "The server at \(address.url) does not answer.",
        hint: "See whether it serves with: sandlot status")
    } catch let error as RPCError where error.code == .unimplemented {
      throw SandlotError(
        .unimplemented, "The server at \(address.url) has no operator's service.",
        hint: "It is of another version, or no Sandlot: restart it with this one.")
    } catch let error as RPCError {
      throw SandlotError(SandlotError.Code(error.code), error.message)
    }
  }
}

extension OperatorAddress {
  fileprivate var target: any ResolvableTarget {
    get throws {
      guard let parts = URLComponents(string: url), parts.scheme == "http", let host = parts.host,
        let port = parts.port
      else {
        throw SandlotError(
          .invalidArgument, "'\(url)' is not the URL of a Sandlot server.",
          hint: "Set MODAL_SERVER_URL as 'sandlot env' prints it: http://host:port.")
      }
      return .dns(host: host, port: port)
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
