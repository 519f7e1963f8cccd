import ModalProtocol
import Sandboxes
import Secrets

/// Where some of a process's variables come from; in a list of them, a later one wins.
public enum EnvironmentSource: Sendable, Equatable {
  /// The request itself.
  case variables([String: String])
  /// A secret of the server's, by its id.
  case secret(String)
}

extension [EnvironmentSource] {
  /// The sources of a request in their order.
  ///
  /// - Parameters:
  ///   - sources: What the Python SDK sends, complete.
  ///   - secretIDs: What JavaScript and Go send instead; Python repeats the ids of its sources here.
  ///   - variables: What JavaScript and Go send beside the ids, and mean to win over them.
  public init(
    _ sources: [Modal_Client_SecretSource], secretIDs: [String], variables: [String: String]
  ) {
    self = sources.isEmpty ? secretIDs.map { .secret($0) } : []
    append(.variables(variables))
    for source in sources {
      switch source.source {
      case .env(let map): append(.variables(map.contents))
      case .secretID(let id): append(.secret(id))
      case nil: break
      }
    }
  }
}

extension Secrets {
  /// The variables of sources, those of each in the order of their names.
  ///
  /// Throws `SandlotError.notFound` for a secret that does not exist.
  public nonisolated func environment(
    _ sources: [EnvironmentSource]
  ) async throws -> [EnvironmentVariable] {
    let ids = sources.compactMap { if case .secret(let id) = $0 { id } else { nil } }
    let contents = ids.isEmpty ? [:] : try await variables(of: ids)
    return sources.flatMap { source in
      let variables =
        switch source {
        case .variables(let variables): variables
        case .secret(let id): contents[id] ?? [:]
        }
      return variables.sorted { $0.key < $1.key }
        .map { EnvironmentVariable(name: $0.key, value: $0.value) }
    }
  }
}
