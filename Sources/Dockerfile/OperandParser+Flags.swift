/// The `--name=value` flags between an instruction's name and its operands.
struct OperandFlags {
  /// Each with its value as written; nil for one that stands alone.
  private(set) var all: [(name: String, value: String?)] = []

  /// The values of a flag, in order.
  func values(_ name: String) -> [String] { all.filter { $0.name == name }.compactMap(\.value) }

  /// The value of a flag that is given once at most.
  func value(_ name: String) throws(SyntaxFault) -> String? {
    guard all.count(where: { $0.name == name }) < 2 else {
      throw SyntaxFault("the flag “--\(name)” is given twice")
    }
    return values(name).first
  }

  /// Whether a flag that is on or off is on: alone, or with a truth value.
  func isOn(_ name: String) throws(SyntaxFault) -> Bool? {
    guard let flag = all.last(where: { $0.name == name }) else { return nil }
    switch flag.value?.lowercased() {
    case nil, "true", "1", "t": return true
    case "false", "0", "f": return false
    case let other?: throw SyntaxFault("--\(name) is true or false, not “\(other)”")
    }
  }

  mutating func append(_ word: String) {
    let body = word.dropFirst(2)
    let name = body.prefix { $0 != "=" }
    let value = name.count == body.count ? nil : String(body.dropFirst(name.count + 1))
    all.append((String(name), value))
  }
}

extension OperandParser {
  /// Takes the flags off the operands; what follows them is returned too.
  ///
  /// - Parameters:
  ///   - valued: The flags that need a value.
  ///   - switches: The flags that are on or off.
  func flags(
    valued: Set<String>, switches: Set<String> = []
  ) throws(SyntaxFault) -> (flags: OperandFlags, rest: String) {
    var scanner = Scanner(rest)
    var flags = OperandFlags()
    while scanner.rest.hasPrefix("--") {
      let start = scanner.position
      if let quote = Words.skipWord(&scanner, escape: escape) { throw .openQuote(quote) }
      flags.append(scanner.string(from: start, to: scanner.position))
      scanner.skipBlanks()
    }
    for (name, value) in flags.all {
      guard valued.contains(name) || switches.contains(name) else {
        throw SyntaxFault("\(keyword) has no flag “--\(name)”")
      }
      guard value?.isEmpty == false || switches.contains(name) else {
        throw SyntaxFault("the flag “--\(name)” needs a value, as in --\(name)=…")
      }
    }
    return (flags, scanner.rest)
  }
}
