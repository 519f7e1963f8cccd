extension OperandParser {
  /// `FROM [--platform=p] image [AS stage]`
  func from() throws(SyntaxFault) -> Instruction.From {
    var words = try words()
    var platform: Template?
    while let flag = words.first, flag.hasPrefix("--") {
      guard flag.hasPrefix("--platform=") else { throw SyntaxFault("FROM has no flag “\(flag)”") }
      platform = try template(String(flag.dropFirst("--platform=".count)))
      words.removeFirst()
    }
    guard words.count == 1 || (words.count == 3 && words[1].uppercased() == "AS") else {
      throw SyntaxFault("FROM takes an image, or an image, AS and a name")
    }
    if words.count == 3, !words[2].isStageName {
      throw SyntaxFault(
        "“\(words[2])” cannot be the name of a stage",
        hint: "A name begins with a letter and goes on with letters, digits, “-”, “_” and “.”.")
    }
    return Instruction.From(
      image: try template(words[0]), stage: words.count == 3 ? words[2] : nil, platform: platform)
  }

  /// `name=value …`, or the old form `name value` for one whose value is the rest of the line.
  func assignments() throws(SyntaxFault) -> [Instruction.Assignment] {
    let words = try words()
    guard let first = words.first, first.contains("=") else { return [try oldAssignment()] }
    return try words.map { word throws(SyntaxFault) in
      guard let (name, value) = word.splitAtEquals else {
        throw SyntaxFault(
          "“\(word)” is not of the form name=value", hint: "Quote a value that has blanks in it.")
      }
      return try assignment(name, value)
    }
  }

  private func oldAssignment() throws(SyntaxFault) -> Instruction.Assignment {
    var scanner = Scanner(rest)
    let name = scanner.read { !$0.isBlank }
    let value = scanner.rest.trimmed
    guard !value.isEmpty else { throw SyntaxFault("\(keyword) needs name=value") }
    return try assignment(name, value)
  }

  private func assignment(
    _ name: String, _ value: String
  ) throws(SyntaxFault) -> Instruction.Assignment {
    guard !name.isEmpty else { throw SyntaxFault("a name is missing before “=\(value)”") }
    return Instruction.Assignment(name: try template(name), value: try template(value))
  }

  /// `name[=default] …`
  func argumentDeclarations() throws(SyntaxFault) -> [Instruction.ArgumentDeclaration] {
    try words().map { word throws(SyntaxFault) in
      let pair = word.splitAtEquals
      let name = pair?.name ?? word
      let scalars = name.unicodeScalars
      guard scalars.first?.startsName == true, scalars.allSatisfy(\.continuesName) else {
        throw SyntaxFault("“\(name)” cannot be the name of a build argument")
      }
      return Instruction.ArgumentDeclaration(
        name: name,
        defaultValue: try pair.map { pair throws(SyntaxFault) in try template(pair.value) })
    }
  }
}

extension String {
  /// Whether it can be what `AS` says.
  fileprivate var isStageName: Bool {
    guard let first = unicodeScalars.first, first != "_", first.startsName else { return false }
    return unicodeScalars.allSatisfy { $0.continuesName || $0 == "-" || $0 == "." }
  }

  /// What stands before and after the first equals sign; nil where there is none.
  fileprivate var splitAtEquals: (name: String, value: String)? {
    guard let equals = firstIndex(of: "=") else { return nil }
    return (String(self[..<equals]), String(self[index(after: equals)...]))
  }
}
