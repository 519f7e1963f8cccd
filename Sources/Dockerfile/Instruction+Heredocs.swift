extension Instruction.Command {
  /// The command with its here-documents: where the line is nothing but the opening of one, the
  /// body is the script; otherwise the shell gets the line and the bodies, and reads them itself.
  func withHeredocs(_ heredocs: [Heredoc]) -> Instruction.Command {
    guard case .shell(let line) = self, let first = heredocs.first else { return self }
    if Heredoc.isAlone(in: line) { return .shell(first.content) }
    return .shell(heredocs.reduce(line) { "\($0)\n\($1.body)\($1.name)" })
  }
}

extension Instruction.Run {
  /// The argument vector for a body that begins with `#!`: it is run by the program named there.
  ///
  /// The program reads it from its standard input, by name, so that no file has to be made.
  var scriptArgv: [String]? {
    guard case .shell(let line) = command, let heredoc = heredocs.first,
      Heredoc.isAlone(in: line), heredoc.content.hasPrefix("#!")
    else { return nil }
    let firstLine = heredoc.content.prefix { !$0.isNewline }
    let interpreter = firstLine.dropFirst(2).split(maxSplits: 1) { $0 == " " || $0 == "\t" }
    guard !interpreter.isEmpty else { return nil }
    let words = interpreter.map { String($0).trimmed.shellQuoted } + ["/dev/stdin"]
    let end = heredoc.unusedTerminator
    let script = "exec \(words.joined(separator: " ")) <<'\(end)'\n\(heredoc.content)\(end)\n"
    return ["/bin/sh", "-c", script]
  }
}

extension Heredoc {
  /// A word that no line of the content is equal to.
  fileprivate var unusedTerminator: String {
    let lines = Set(content.split(separator: "\n"))
    var word = "END_OF_SCRIPT"
    while lines.contains(word[...]) { word += "_" }
    return word
  }
}

extension String {
  fileprivate var shellQuoted: String {
    "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
