import Errors
import GRPCCore
import Mounts
import OperatorProtocol

/// The service of the standalone Pythons of a server.
public struct PythonLibraryPlane: Sandlot_Operator_PythonLibrary.SimpleServiceProtocol {
  private let mounts: Mounts

  /// A plane over the mounts.
  public init(mounts: Mounts) { self.mounts = mounts }

  /// Takes an archive and makes the mount of it that clients ask for.
  public func importPython(
    request: RPCAsyncSequence<Sandlot_Operator_ImportPythonRequest, any Error>,
    context: ServerContext
  ) async throws -> Sandlot_Operator_ImportPythonResponse {
    var pieces = request.makeAsyncIterator()
    guard let first = try await pieces.next() else {
      throw SandlotError(.invalidArgument, "No archive came.")
    }
    let name =
      first.name.isEmpty ? try StandalonePython(archiveName: first.filename).mountName : first.name
    let file = try mounts.makeFile()
    do {
      try await mounts.append([UInt8](first.data), to: file)
      while let piece = try await pieces.next() {
        try await mounts.append([UInt8](piece.data), to: file)
      }
      let imported = try await mounts.importPython(file.path, name: name)
      file.discard()
      return .with {
        $0.name = imported.name
        $0.mountID = imported.mount.id
        $0.files = Int64(imported.files)
        $0.bytes = imported.bytes
      }
    } catch {
      file.discard()
      throw error
    }
  }
}
