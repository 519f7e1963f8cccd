import Errors
import ModalProtocol
import Sandboxes

extension [EnvironmentVariable] {
  /// The variables of a map, in the order of their names.
  public init(_ contents: [String: String]) {
    self = contents.sorted { $0.key < $1.key }
      .map { EnvironmentVariable(name: $0.key, value: $0.value) }
  }

  /// The variables of the SDK's sources in their order: a later one wins.
  ///
  /// Throws `unimplemented` for a secret that is stored on the server: there are none yet.
  public init(_ sources: [Modal_Client_SecretSource]) throws {
    self = []
    for source in sources {
      switch source.source {
      case .env(let map): append(contentsOf: [EnvironmentVariable](map.contents))
      case .secretID(let id):
        throw SandlotError(
          .unimplemented, "Named secrets are not supported yet (\(id)).",
          hint: "Use env= or Secret.from_dict.")
      case nil: break
      }
    }
  }
}

extension TerminalSettings {
  /// The SDK's terminal; it sends no size where it has no terminal of its own.
  public init(_ info: Modal_Client_PTYInfo) {
    self.init(
      rows: info.winszRows == 0 ? 24 : info.winszRows,
      columns: info.winszCols == 0 ? 80 : info.winszCols,
      term: info.envTerm, colorTerm: info.envColorterm, termProgram: info.envTermProgram)
  }
}
