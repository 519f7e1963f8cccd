extension OperandParser {
  /// `RUN [--flag=value …] command`
  func run() throws(SyntaxFault) -> Instruction.Run {
    let (flags, rest) = leadingFlags()
    for flag in flags where !["--mount", "--network", "--security"].contains(flag) {
      throw SyntaxFault("RUN has no flag “\(flag)”")
    }
    let command = try command(rest)
    if case .shell("") = command { throw SyntaxFault("RUN has nothing after it") }
    if case .exec([]) = command { throw SyntaxFault("RUN has an empty list of arguments") }
    return Instruction.Run(command: command, flags: flags, heredocs: heredocs)
  }

  /// A JSON array of strings is the exec form; whatever is not JSON is a line for the shell.
  func command(_ text: String) throws(SyntaxFault) -> Instruction.Command {
    switch JSONStrings(text) {
    case .strings(let strings): return .exec(strings)
    case .notJSON: return .shell(text)
    case .otherElements: throw SyntaxFault("the JSON array has elements that are not strings")
    }
  }

  /// `SHELL ["program", …]`, which has no other form.
  func shell() throws(SyntaxFault) -> [String] {
    guard case .strings(let strings) = JSONStrings(rest), !strings.isEmpty else {
      throw SyntaxFault(
        "SHELL takes a JSON array of strings",
        hint: "Write it like SHELL [\"/bin/bash\", \"-c\"].")
    }
    return strings
  }

  /// The names of the flags at the beginning, and what follows them.
  private func leadingFlags() -> (names: [String], rest: String) {
    var scanner = Scanner(rest)
    var names: [String] = []
    while scanner.rest.hasPrefix("--") {
      let word = scanner.read { !$0.isBlank }
      names.append(String(word.prefix { $0 != "=" }))
      scanner.skipBlanks()
    }
    return (names, scanner.rest)
  }
}
