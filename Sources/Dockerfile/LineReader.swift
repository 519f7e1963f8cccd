import Errors

/// One instruction's source: continuation lines joined, here-documents taken off.
struct LogicalLine {
  let number: Int
  var text: String
  var heredocs: [Heredoc] = []
}

/// Puts the lines of a Dockerfile together to one logical line per instruction: comments and
/// blank lines dropped, continuations joined, here-document bodies collected.
struct LineReader {
  /// The escape and continuation character: a backslash, or what `# escape=` says.
  private(set) var escape: Unicode.Scalar = "\\"

  private struct Line {
    let text: String
    /// Whether the line after this one is of the same element of the caller's array.
    let goesOn: Bool
  }

  private let lines: [Line]
  private var index = 0

  init(lines elements: [String]) throws(SandlotError) {
    lines = elements.flatMap(Self.split)
    try readDirectives()
  }

  private static func split(_ element: String) -> [Line] {
    let pieces = element.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    return pieces.enumerated().map { offset, piece in
      let text = piece.last == "\r" ? piece.dropLast() : piece
      return Line(text: String(text), goesOn: offset < pieces.count - 1)
    }
  }

  /// The next instruction's line; nil after the last.
  mutating func next() throws(SandlotError) -> LogicalLine? {
    while index < lines.count {
      let line = lines[index]
      index += 1
      if line.text.isCommentOrBlank { continue }
      var logical = LogicalLine(number: index, text: line.text)
      try joinContinuations(of: &logical)
      joinQuotedNewlines(of: &logical)
      logical.text = logical.text.trimmed
      try readHeredocs(of: &logical)
      if logical.text.unicodeScalars.contains("\0") {
        throw fault("a NUL byte cannot be part of an instruction", in: logical)
      }
      return logical
    }
    return nil
  }

  private func fault(_ problem: String, in line: LogicalLine) -> SandlotError {
    .dockerfile(.invalidArgument, problem, line: line.number, text: line.text.trimmed)
  }
}

extension LineReader {
  /// Reads the directives at the top. `syntax` and `check` choose and tune Docker's own front
  /// end, so they mean nothing here.
  private mutating func readDirectives() throws(SandlotError) {
    while index < lines.count, let (name, value) = lines[index].text.directive {
      index += 1
      switch name {
      case "escape":
        guard value == "\\" || value == "`", let scalar = value.unicodeScalars.first else {
          let line = LogicalLine(number: index, text: lines[index - 1].text)
          throw fault("the escape character can be \\ or `, not “\(value)”", in: line)
        }
        escape = scalar
      case "syntax", "check": continue
      default: return
      }
    }
  }

  private mutating func joinContinuations(of line: inout LogicalLine) throws(SandlotError) {
    while let head = line.text.withoutContinuation(escape) {
      while index < lines.count, lines[index].text.isCommentOrBlank { index += 1 }
      guard index < lines.count else {
        throw fault("the file ends where “\(escape)” announces another line", in: line)
      }
      let piece = lines[index].text
      index += 1
      line.text = head + piece
    }
  }

  /// Lets a quoted value of `ENV` or `LABEL` go over several lines when they came as one element:
  /// that is how an environment variable with newlines in it arrives. In a file on disk, where
  /// each line is an element, an open quote stays an error, as it is for Docker.
  private mutating func joinQuotedNewlines(of line: inout LogicalLine) {
    let keyword = line.text.trimmed.prefix { !$0.isWhitespace }.uppercased()
    guard keyword == "ENV" || keyword == "LABEL" else { return }
    while index < lines.count, lines[index - 1].goesOn, Words.endsInQuote(line.text, escape) {
      line.text += "\n" + lines[index].text
      index += 1
    }
  }

  private mutating func readHeredocs(of line: inout LogicalLine) throws(SandlotError) {
    let keyword = line.text.prefix { !$0.isWhitespace }.uppercased()
    guard ["RUN", "COPY", "ADD", "ONBUILD"].contains(keyword) else { return }
    for opening in Heredoc.openings(in: line.text) {
      var body = ""
      while true {
        guard index < lines.count else {
          throw fault("the here-document never ends: no line “\(opening.name)” follows", in: line)
        }
        let text = lines[index].text
        index += 1
        if opening.isTerminated(by: text) { break }
        body += text + "\n"
      }
      line.heredocs.append(Heredoc(opening, body: body))
    }
  }
}

extension String {
  fileprivate var isCommentOrBlank: Bool {
    guard let first = unicodeScalars.first(where: { !$0.isBlank }) else { return true }
    return first == "#"
  }

  /// The name and value when the line is a parser directive: `# name=value`.
  fileprivate var directive: (name: String, value: String)? {
    let text = trimmed
    guard text.first == "#", let equals = text.firstIndex(of: "=") else { return nil }
    let name = text[text.index(after: text.startIndex)..<equals].trimmed
    guard !name.isEmpty, name.unicodeScalars.allSatisfy(\.continuesName) else { return nil }
    return (name.lowercased(), text[text.index(after: equals)...].trimmed)
  }

  /// What stands before the continuation character at the end; nil when the line is complete.
  /// A doubled character is an escaped one and continues nothing.
  fileprivate func withoutContinuation(_ escape: Unicode.Scalar) -> String? {
    let scalars = unicodeScalars
    guard let last = scalars.lastIndex(where: { !$0.isBlank }), scalars[last] == escape else {
      return nil
    }
    let head = scalars[..<last]
    return head.last == escape ? nil : String(head)
  }
}
