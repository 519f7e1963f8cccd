import ModalProtocol
import Sandboxes

extension TerminalSettings {
  /// The SDK's terminal; it sends no size where it has no terminal of its own.
  public init(_ info: Modal_Client_PTYInfo) {
    self.init(
      rows: info.winszRows == 0 ? 24 : info.winszRows,
      columns: info.winszCols == 0 ? 80 : info.winszCols,
      term: info.envTerm, colorTerm: info.envColorterm, termProgram: info.envTermProgram)
  }
}
