import Errors
import GRPCCore
import OperatorProtocol

/// What FROM can name. Everything here throws `SandlotError`, as the server says it, or `unavailable`.
extension OperatorClient {
  private var library: Sandlot_Operator_ImageLibrary.Client<ServerConnection.Transport> {
    Sandlot_Operator_ImageLibrary.Client(wrapping: connection.client)
  }

  /// Pulls an image; returns its id. `body` is told what is being done.
  public func pull(
    _ name: String, credentials: (username: String, password: String)?,
    _ body: @escaping @Sendable (String) -> Void
  ) async throws -> String {
    let request = Sandlot_Operator_PullImageRequest.with {
      $0.name = name
      if let credentials {
        $0.username = credentials.username
        $0.password = credentials.password
      }
    }
    return try await connection.call {
      try await library.pullImage(
        request, metadata: connection.metadata, options: connection.options(nil)
      ) { try await Self.follow($0, body) }
    }
  }

  /// Imports an image from a file of the server's host; returns its id.
  public func importImage(
    _ name: String, from path: String, _ body: @escaping @Sendable (String) -> Void
  ) async throws -> String {
    try await connection.call {
      try await library.importImage(
        .with {
          $0.name = name
          $0.path = path
        }, metadata: connection.metadata, options: connection.options(nil)
      ) { try await Self.follow($0, body) }
    }
  }

  /// Makes an image of Debian packages; returns its id.
  public func bootstrap(
    _ name: String, suite: String, packages: [String],
    _ body: @escaping @Sendable (String) -> Void
  ) async throws -> String {
    try await connection.call {
      try await library.bootstrapImage(
        .with {
          $0.name = name
          $0.suite = suite
          $0.packages = packages
        }, metadata: connection.metadata, options: connection.options(nil)
      ) { try await Self.follow($0, body) }
    }
  }

  /// Lets a name mean another one.
  public func alias(_ name: String, to target: String) async throws {
    _ = try await connection.call {
      try await library.aliasImage(
        .with {
          $0.name = name
          $0.target = target
        }, metadata: connection.metadata, options: connection.options())
    }
  }

  /// What names mean to FROM on the server.
  public func bases() async throws -> [Sandlot_Operator_ListBasesResponse.BaseName] {
    try await connection.call {
      try await library.listBases(
        .init(), metadata: connection.metadata, options: connection.options())
    }.names
  }

  /// Forgets what a name means; returns whether it meant anything.
  public func forgetBase(_ name: String) async throws -> Bool {
    try await connection.call {
      try await library.forgetBase(
        .with { $0.name = name }, metadata: connection.metadata, options: connection.options())
    }.wasKnown
  }

  private static func follow(
    _ response: StreamingClientResponse<Sandlot_Operator_BaseProgress>,
    _ body: @Sendable (String) -> Void
  ) async throws -> String {
    var id = ""
    for try await progress in response.messages {
      if progress.sentence.isEmpty { id = progress.id } else { body(progress.sentence) }
    }
    return id
  }
}
