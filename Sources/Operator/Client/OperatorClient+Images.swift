import Errors
import GRPCCore
import OperatorProtocol

/// Images that the server has built. Everything here throws `SandlotError`, as the server says it, or
/// `unavailable`.
extension OperatorClient {
  private var library: Sandlot_Operator_ImageLibrary.Client<ServerConnection.Transport> {
    Sandlot_Operator_ImageLibrary.Client(wrapping: connection.client)
  }

  /// Removing files may take a while.
  private static let removal: Duration = .seconds(300)

  /// All images, the most recently used first.
  public func images() async throws -> Sandlot_Operator_ListImagesResponse {
    try await connection.call {
      try await library.listImages(
        .init(), metadata: connection.metadata, options: connection.options())
    }
  }

  /// All that is known of one.
  public func image(_ id: String) async throws -> Sandlot_Operator_ImageDetails {
    try await connection.call {
      try await library.inspectImage(
        .with { $0.id = id }, metadata: connection.metadata, options: connection.options())
    }
  }

  /// Removes an image that nothing uses; a build of it is stopped.
  public func removeImage(_ id: String) async throws -> Sandlot_Operator_RemovedImages {
    try await connection.call {
      try await library.removeImage(
        .with { $0.id = id }, metadata: connection.metadata,
        options: connection.options(Self.removal))
    }
  }

  /// Removes what nothing uses and nobody has used for so many seconds.
  public func pruneImages(unusedFor seconds: Int64) async throws -> Sandlot_Operator_RemovedImages {
    try await connection.call {
      try await library.pruneImages(
        .with { $0.unusedSeconds = seconds }, metadata: connection.metadata,
        options: connection.options(Self.removal))
    }
  }
}
