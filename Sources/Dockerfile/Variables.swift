/// The variables that a Dockerfile's instructions can use, by name.
public struct Variables: Sendable, Equatable {
  private var values: [String: String]

  /// Variables with these values.
  public init(_ values: [String: String] = [:]) {
    self.values = values
  }

  /// The value of a variable; nil where it is not set.
  public subscript(name: String) -> String? {
    get { values[name] }
    set { values[name] = newValue }
  }
}

/// Puts `variables` into `text` and takes quotes and escapes away, by the rules of the Dockerfile
/// reference ("Environment replacement").
///
/// - Parameter escape: The escape character; the directive `# escape=` can make it a backtick.
/// - Throws: ``TemplateError`` for an open quote or brace, an unknown modifier, or `${name:?…}`
///   with an unset variable.
public func expand(
  _ text: String, with variables: Variables, escape: Unicode.Scalar = "\\"
) throws -> String {
  try Template(text, escape: escape).expanded(with: variables)
}

/// Why a text with variables could not be read or evaluated.
public struct TemplateError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The problem, naming the part at fault.
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}
