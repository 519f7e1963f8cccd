import Errors

extension Instruction {
  /// Reads one instruction, with line and text added to what is wrong with it.
  init(_ line: LogicalLine, escape: Unicode.Scalar) throws(SandlotError) {
    self.line = line.number
    text = line.text
    do {
      kind = try OperandParser(line, escape: escape).kind()
    } catch {
      throw .dockerfile(
        .invalidArgument, error.problem, line: line.number, text: line.text, hint: error.hint)
    }
  }
}

/// Reads the operands of one instruction; the formats are in extensions of it.
struct OperandParser {
  /// The instruction's name in capitals.
  let keyword: String
  /// What follows the name.
  let rest: String
  let heredocs: [Heredoc]
  let escape: Unicode.Scalar

  init(_ line: LogicalLine, escape: Unicode.Scalar) {
    var scanner = Scanner(line.text)
    keyword = scanner.read { !$0.isBlank }.uppercased()
    rest = scanner.rest.trimmed
    heredocs = line.heredocs
    self.escape = escape
  }

  func kind() throws(SyntaxFault) -> Instruction.Kind {
    if keyword == "ONBUILD" { return .unsupported(keyword) }
    guard Self.supported.contains(keyword) else {
      throw SyntaxFault(
        "“\(keyword)” is not an instruction",
        hint: "A command that goes over several lines needs a backslash at the end of each.")
    }
    guard !rest.isEmpty else { throw SyntaxFault("\(keyword) has nothing after it") }
    switch keyword {
    case "FROM": return .from(try from())
    case "RUN": return .run(try run())
    case "CMD": return .cmd(try command(rest))
    case "ENTRYPOINT": return .entrypoint(try command(rest))
    case "SHELL": return .shell(try shell())
    case "ENV": return .env(try assignments())
    case "LABEL": return .label(try assignments())
    case "ARG": return .arg(try argumentDeclarations())
    case "WORKDIR": return .workdir(try template(rest))
    case "USER": return .user(try template(rest))
    case "COPY", "ADD": return .copy(try copy(isAdd: keyword == "ADD"))
    case "VOLUME": return .volume(try volumes())
    case "STOPSIGNAL": return .stopSignal(try template(rest))
    case "HEALTHCHECK": return .healthcheck(try healthcheck())
    case "MAINTAINER": return .maintainer(rest)
    default: return .expose(try words().map(template))
    }
  }

  private static let supported: Set = [
    "FROM", "RUN", "CMD", "ENTRYPOINT", "SHELL", "ENV", "LABEL", "ARG", "WORKDIR", "USER", "EXPOSE",
    "COPY", "ADD", "VOLUME", "STOPSIGNAL", "HEALTHCHECK", "MAINTAINER",
  ]

  func words() throws(SyntaxFault) -> [String] {
    try Words.split(rest, escape: escape)
  }

  func template(_ text: String) throws(SyntaxFault) -> Template {
    do {
      return try Template(text, escape: escape)
    } catch {
      throw SyntaxFault(error.description)
    }
  }
}
