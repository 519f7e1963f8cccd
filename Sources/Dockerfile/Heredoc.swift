/// A here-document: the lines between `<<NAME` on a command line and `NAME` on a line of its own.
public struct Heredoc: Sendable, Equatable {
  /// The word that ends it.
  public let name: String
  /// Its lines as written, each with a newline.
  public let body: String
  /// Whether it was opened with `<<-`, which takes leading tabs away.
  public let stripsTabs: Bool
  /// Whether its name is bare: variables are put into the body of a file then.
  let expands: Bool

  init(_ opening: Opening, body: String) {
    name = opening.name
    stripsTabs = opening.stripsTabs
    expands = opening.expands
    self.body = body
  }

  /// The body as its reader gets it.
  var content: String {
    guard stripsTabs else { return body }
    let lines = body.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.map { $0.drop { $0 == "\t" } }.joined(separator: "\n")
  }
}

extension Heredoc {
  /// A `<<NAME` on a command line.
  struct Opening: Equatable {
    let name: String
    let stripsTabs: Bool
    let expands: Bool

    func isTerminated(by line: String) -> Bool {
      stripsTabs ? line.drop { $0 == "\t" } == name : line == name
    }
  }

  /// The here-documents that a command line opens.
  ///
  /// As in BuildKit the operator counts only at the start of a word (`cat <<EOF`, `3<<EOF`), which
  /// leaves shifts in shell arithmetic alone; for the same reason a bare name has to begin with a
  /// letter or an underscore.
  static func openings(in command: String) -> [Opening] {
    var scanner = Scanner(command)
    var found: [Opening] = []
    while !scanner.isAtEnd {
      scanner.skipBlanks()
      _ = scanner.read(while: \.isDigit)
      if let opening = readOpening(&scanner) { found.append(opening) }
      skipWord(&scanner)
    }
    return found
  }

  /// Whether a command line consists of nothing but the opening of one here-document.
  static func isAlone(in command: String) -> Bool {
    var scanner = Scanner(command.trimmed)
    _ = scanner.read(while: \.isDigit)
    return readOpening(&scanner) != nil && scanner.isAtEnd
  }

  private static func readOpening(_ scanner: inout Scanner) -> Opening? {
    guard scanner.read("<"), scanner.read("<") else { return nil }
    let stripsTabs = scanner.read("-")
    guard let first = scanner.next else { return nil }
    var name = ""
    var expands = false
    if first == "'" || first == "\"" {
      scanner.advance()
      name = scanner.read { $0 != first }
      guard scanner.read(first) else { return nil }
    } else {
      expands = !scanner.read("\\")
      guard let start = scanner.next, start.startsName else { return nil }
      name = scanner.read { !$0.isBlank && !"<>|&;()'\"\\$`".unicodeScalars.contains($0) }
    }
    return name.isEmpty ? nil : Opening(name: name, stripsTabs: stripsTabs, expands: expands)
  }

  /// Skips to the next blank outside quotes.
  private static func skipWord(_ scanner: inout Scanner) {
    while let scalar = scanner.next, !scalar.isBlank {
      scanner.advance()
      switch scalar {
      case "\\": scanner.advance()
      case "'":
        _ = scanner.read { $0 != "'" }
        scanner.advance()
      case "\"":
        while let quoted = scanner.read(), quoted != "\"" {
          if quoted == "\\" { scanner.advance() }
        }
      default: break
      }
    }
  }
}
