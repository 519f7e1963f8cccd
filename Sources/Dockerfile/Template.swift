/// A text with variables in it, read once and evaluated where its variables are known.
///
/// `$name`, `${name}`, `${name-word}`, `${name+word}` and `${name?message}`, the last three also
/// with a colon, which makes an empty variable count as unset. Single quotes keep everything as it
/// is; double quotes keep everything but variables and escapes.
public struct Template: Sendable, Equatable {
  /// The text as it was written.
  public let source: String
  let parts: [Part]
  /// Without a limit a few lines of `ENV A=$A$A` would fill the host's memory.
  private let longest: Int

  /// A piece of a template.
  indirect enum Part: Sendable, Equatable {
    case literal(String)
    case variable(String, Modifier?)
  }

  /// What stands between a variable's name and the closing brace.
  struct Modifier: Sendable, Equatable {
    enum Operator: Sendable, Equatable {
      /// `-`: the word where the variable is unset.
      case fallback
      /// `+`: the word where the variable is set.
      case alternative
      /// `?`: an error where the variable is unset.
      case required
    }

    let `operator`: Operator
    /// Whether an empty variable counts as unset.
    let emptyIsUnset: Bool
    let word: [Part]
  }

  /// Reads a text.
  ///
  /// - Throws: ``TemplateError`` for an open quote or brace, or an unknown modifier.
  public init(_ source: String, escape: Unicode.Scalar = "\\") throws(TemplateError) {
    try self.init(source, escape: escape, keepsQuotes: false)
  }

  /// Reads a text; where it keeps quotes, they and escapes stay as they are written.
  init(_ source: String, escape: Unicode.Scalar, keepsQuotes: Bool) throws(TemplateError) {
    self.source = source
    longest = keepsQuotes ? Self.longestFile : Self.longestVariable
    var parser = TemplateParser(source, escape: escape, keepsQuotes: keepsQuotes)
    parts = try parser.parse()
  }

  /// A text in which nothing is put.
  init(literal: String) {
    source = literal
    parts = [.literal(literal)]
    longest = Self.longestFile
  }

  /// The text with the values put in; an unset variable is empty.
  ///
  /// - Throws: ``TemplateError`` where `${name?message}` finds its variable unset, or the result
  ///   is longer than the kernel takes as one argument or variable of a process.
  public func expanded(with variables: Variables) throws(TemplateError) -> String {
    try expand(parts, with: variables)
  }

  /// MAX_ARG_STRLEN of the kernel.
  private static let longestVariable = 131_072
  /// A file in the Dockerfile; a request is not much longer.
  private static let longestFile = 64 << 20

  private func expand(
    _ parts: [Part], with variables: Variables
  ) throws(TemplateError) -> String {
    var result = ""
    for part in parts {
      switch part {
      case .literal(let text): result += text
      case .variable(let name, nil): result += variables[name] ?? ""
      case .variable(let name, let modifier?):
        result += try modifier.apply(to: name, in: variables, expand: expand)
      }
      guard result.utf8.count < longest else {
        throw TemplateError("with its variables put in it is longer than \(longest) bytes")
      }
    }
    return result
  }
}

extension Template.Modifier {
  fileprivate func apply(
    to name: String, in variables: Variables,
    expand: ([Template.Part], Variables) throws(TemplateError) -> String
  ) throws(TemplateError) -> String {
    var value = variables[name]
    if emptyIsUnset, value == "" { value = nil }
    switch `operator` {
    case .fallback:
      if let value { return value }
      return try expand(word, variables)
    case .alternative: return value == nil ? "" : try expand(word, variables)
    case .required:
      if let value { return value }
      let message = try expand(word, variables)
      throw TemplateError("\(name): \(message.isEmpty ? "not set" : message)")
    }
  }
}
