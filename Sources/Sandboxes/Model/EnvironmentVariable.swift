/// One variable of a process's environment.
public struct EnvironmentVariable: Codable, Sendable, Equatable {
  /// Neither empty nor with `=` or NUL in it.
  public var name: String
  /// Anything without NUL.
  public var value: String

  /// A variable.
  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// A terminal as a client asks for it.
public struct TerminalSettings: Codable, Sendable, Equatable {
  /// Rows of the window; 0 where the client has no terminal, which becomes 24.
  public var rows: UInt32
  /// Columns of the window; 0 becomes 80.
  public var columns: UInt32
  /// `TERM`, where not empty.
  public var term: String
  /// `COLORTERM`, where not empty.
  public var colorTerm: String
  /// `TERM_PROGRAM`, where not empty.
  public var termProgram: String

  /// A terminal.
  public init(
    rows: UInt32, columns: UInt32, term: String = "", colorTerm: String = "",
    termProgram: String = ""
  ) {
    self.rows = rows
    self.columns = columns
    self.term = term
    self.colorTerm = colorTerm
    self.termProgram = termProgram
  }
}
