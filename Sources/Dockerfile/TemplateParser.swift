/// Reads the text of a ``Template``.
struct TemplateParser {
  private let escape: Unicode.Scalar
  private let keepsQuotes: Bool
  private var scanner: Scanner
  private var depth = 0

  /// How deep `${a:-${b:-…}}` may go: each level is a level of recursion here.
  private static let deepest = 32

  init(_ source: String, escape: Unicode.Scalar, keepsQuotes: Bool) {
    self.escape = escape
    self.keepsQuotes = keepsQuotes
    scanner = Scanner(source)
  }

  mutating func parse() throws(TemplateError) -> [Template.Part] {
    try parts(until: nil)
  }

  /// Reads as far as `end`, which is left unread, or to the end of the text.
  private mutating func parts(until end: Unicode.Scalar?) throws(TemplateError) -> [Template.Part] {
    var collected = PartCollector()
    while let scalar = scanner.next, scalar != end {
      scanner.advance()
      switch scalar {
      case "'" where keepsQuotes, "\"" where keepsQuotes: collected.append(String(scalar))
      case escape where keepsQuotes:
        collected.append(String(escape) + (scanner.read().map { String($0) } ?? ""))
      case "'": collected.append(try singleQuoted())
      case "\"": try appendDoubleQuoted(to: &collected)
      case "$": collected.append(try variable())
      case escape: if let escaped = scanner.read() { collected.append(String(escaped)) }
      default: collected.append(String(scalar))
      }
    }
    return collected.parts
  }

  private mutating func singleQuoted() throws(TemplateError) -> String {
    let text = scanner.read { $0 != "'" }
    guard scanner.read("'") else { throw TemplateError("the quote ' is not closed") }
    return text
  }

  /// Within double quotes the escape character stands for itself unless it precedes a character
  /// that means something there.
  private mutating func appendDoubleQuoted(
    to collected: inout PartCollector
  ) throws(TemplateError) {
    while let scalar = scanner.read() {
      switch scalar {
      case "\"": return
      case "$": collected.append(try variable())
      case escape:
        guard let escaped = scanner.read() else { break }
        let isSpecial = escaped == "\"" || escaped == "$" || escaped == escape
        collected.append((isSpecial ? "" : String(escape)) + String(escaped))
      default: collected.append(String(scalar))
      }
    }
    throw TemplateError("the quote \" is not closed")
  }

  /// Reads what follows a dollar sign; one that begins no variable stands for itself.
  private mutating func variable() throws(TemplateError) -> Template.Part {
    guard scanner.read("{") else {
      let name = name()
      return name.isEmpty ? .literal("$") : .variable(name, nil)
    }
    let name = name()
    guard !name.isEmpty else { throw TemplateError("“${” is not followed by a variable's name") }
    if scanner.read("}") { return .variable(name, nil) }
    let modifier = try modifier(of: name)
    guard scanner.read("}") else { throw TemplateError("the brace of “${\(name)” is not closed") }
    return .variable(name, modifier)
  }

  /// A name, or one of the shell's special parameters, which are never set here.
  private mutating func name() -> String {
    guard let first = scanner.next else { return "" }
    if first.startsName { return scanner.read(while: \.continuesName) }
    if first.isDigit { return scanner.read(while: \.isDigit) }
    guard "@*#?-$!".unicodeScalars.contains(first) else { return "" }
    scanner.advance()
    return String(first)
  }

  private mutating func modifier(of name: String) throws(TemplateError) -> Template.Modifier {
    let emptyIsUnset = scanner.read(":")
    let `operator`: Template.Modifier.Operator
    switch scanner.read() {
    case "-": `operator` = .fallback
    case "+": `operator` = .alternative
    case "?": `operator` = .required
    case nil: throw TemplateError("the brace of “${\(name)” is not closed")
    case let other?:
      throw TemplateError("the modifier “\(other)” of “${\(name)…}” is not one of -, + and ?")
    }
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else {
      throw TemplateError("“${…}” is nested more than \(Self.deepest) levels deep")
    }
    let word = try parts(until: "}")
    return Template.Modifier(operator: `operator`, emptyIsUnset: emptyIsUnset, word: word)
  }
}

/// Collects parts, with neighbouring literals joined.
private struct PartCollector {
  private var complete: [Template.Part] = []
  private var literal = ""

  var parts: [Template.Part] { literal.isEmpty ? complete : complete + [.literal(literal)] }

  mutating func append(_ text: String) { literal += text }

  mutating func append(_ part: Template.Part) {
    if case .literal(let text) = part { return append(text) }
    complete = parts
    literal = ""
    complete.append(part)
  }
}
