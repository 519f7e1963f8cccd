import Foundation
import GRPCCore
import OperatorProtocol

extension OperatorClient {
  private static let piece = 1 << 20

  /// Sends the archive of a standalone Python, for the mount of this name; empty to take it from the
  /// file's. Throws `SandlotError`, as the server says it, or `unavailable`.
  public func importPython(
    _ archive: FileHandle, filename: String, name: String
  ) async throws -> Sandlot_Operator_ImportPythonResponse {
    let service = Sandlot_Operator_PythonLibrary.Client(wrapping: connection.client)
    return try await connection.call {
      try await service.importPython(
        metadata: connection.metadata, options: connection.options(nil)
      ) { writer in
        try await writer.write(
          .with {
            $0.filename = filename
            $0.name = name
          })
        while let data = try archive.read(upToCount: Self.piece), !data.isEmpty {
          try await writer.write(.with { $0.data = data })
        }
      }
    }
  }
}
