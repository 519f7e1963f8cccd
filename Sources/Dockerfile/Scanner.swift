/// A read position in a text.
///
/// It goes by Unicode scalars, not characters: a quote followed by a combining mark is still a
/// quote to every shell.
struct Scanner {
  private let scalars: [Unicode.Scalar]
  private(set) var position = 0

  init(_ text: some StringProtocol) {
    scalars = Array(text.unicodeScalars)
  }

  var isAtEnd: Bool { position == scalars.count }

  /// The next scalar; nil at the end.
  var next: Unicode.Scalar? { isAtEnd ? nil : scalars[position] }

  /// The text that is still unread.
  var rest: String { string(from: position, to: scalars.count) }

  /// The text between two positions.
  func string(from start: Int, to end: Int) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[start..<end])
    return String(view)
  }

  mutating func advance() {
    if !isAtEnd { position += 1 }
  }

  /// Reads the next scalar; nil at the end.
  mutating func read() -> Unicode.Scalar? {
    defer { advance() }
    return next
  }

  /// Reads `scalar` if it comes next.
  mutating func read(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    advance()
    return true
  }

  /// Reads as far as `condition` holds.
  mutating func read(while condition: (Unicode.Scalar) -> Bool) -> String {
    let start = position
    while let scalar = next, condition(scalar) { advance() }
    return string(from: start, to: position)
  }

  mutating func skipBlanks() {
    while let scalar = next, scalar.isBlank { advance() }
  }
}

extension Unicode.Scalar {
  /// Whether it separates words within a line.
  var isBlank: Bool { self == " " || self == "\t" || self == "\n" || self == "\r" }

  /// Whether a variable's name can begin with it.
  var startsName: Bool {
    self == "_" || ("a"..."z").contains(self) || ("A"..."Z").contains(self)
  }

  /// Whether a variable's name can go on with it.
  var continuesName: Bool { startsName || isDigit }

  var isDigit: Bool { ("0"..."9").contains(self) }
}

extension StringProtocol {
  /// The text without blanks at either end.
  var trimmed: String {
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.isBlank }),
      let last = scalars.lastIndex(where: { !$0.isBlank })
    else { return "" }
    return String(String.UnicodeScalarView(scalars[first...last]))
  }
}
