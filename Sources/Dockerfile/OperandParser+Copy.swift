extension OperandParser {
  /// `COPY [flags] source … destination`, or the operands as a JSON array; `ADD` alike.
  func copy(isAdd: Bool) throws(SyntaxFault) -> Instruction.Copy {
    let (flags, operands) = try flags(
      valued: isAdd
        ? ["chown", "chmod", "exclude", "checksum"] : ["chown", "chmod", "exclude", "from"],
      switches: isAdd ? ["link", "unpack", "keep-git-dir"] : ["link", "parents"])
    var words = try copyWords(operands)
    guard words.count >= 2, let destination = words.popLast() else {
      throw SyntaxFault("\(keyword) needs at least one source and a destination")
    }
    _ = try flags.isOn("link")
    return Instruction.Copy(
      isAdd: isAdd, sources: try sources(words), destination: try template(destination),
      owner: try optionalTemplate(try flags.value("chown")),
      mode: try optionalTemplate(try flags.value("chmod")), from: try flags.value("from"),
      checksum: try optionalTemplate(try flags.value("checksum")),
      excludes: try flags.values("exclude").map(template),
      keepsParents: try flags.isOn("parents") ?? false, unpacks: try flags.isOn("unpack"))
  }

  private func copyWords(_ operands: String) throws(SyntaxFault) -> [String] {
    switch JSONStrings(operands) {
    case .strings(let strings): return strings
    case .otherElements: throw SyntaxFault("the JSON array has elements that are not strings")
    case .notJSON: return try Words.split(operands, escape: escape)
    }
  }

  /// The here-documents are in the order of their openings.
  private func sources(_ words: [String]) throws(SyntaxFault) -> [Instruction.Copy.Source] {
    var rest = heredocs[...]
    return try words.map { word throws(SyntaxFault) in
      if Heredoc.isAlone(in: word), let heredoc = rest.popFirst() {
        return .heredoc(name: heredoc.name, content: try content(of: heredoc))
      }
      return .path(try template(word))
    }
  }

  /// Unless the name is quoted, variables are put into the text, which keeps its quotes.
  private func content(of heredoc: Heredoc) throws(SyntaxFault) -> Template {
    guard heredoc.expands else { return Template(literal: heredoc.content) }
    do {
      return try Template(heredoc.content, escape: escape, keepsQuotes: true)
    } catch {
      throw SyntaxFault("the here-document “\(heredoc.name)”: \(error.description)")
    }
  }

  private func optionalTemplate(_ text: String?) throws(SyntaxFault) -> Template? {
    try text.map(template)
  }
}
