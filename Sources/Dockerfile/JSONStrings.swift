/// A JSON array of strings, the exec form of Dockerfile instructions.
///
/// Read here and not with Foundation, which this module otherwise does without.
enum JSONStrings: Equatable {
  /// An array of strings.
  case strings([String])
  /// A JSON array with something else in it.
  case otherElements
  /// Not a JSON array: the shell form.
  case notJSON

  init(_ text: String) {
    var scanner = Scanner(text.trimmed)
    guard scanner.read("[") else {
      self = .notJSON
      return
    }
    self = Self.elements(&scanner)
  }

  private static func elements(_ scanner: inout Scanner) -> JSONStrings {
    var strings: [String] = []
    var onlyStrings = true
    scanner.skipBlanks()
    if !scanner.read("]") {
      repeat {
        scanner.skipBlanks()
        if scanner.next == "\"" {
          guard let string = string(&scanner) else { return .notJSON }
          strings.append(string)
        } else {
          guard isScalarLiteral(scanner.read { !$0.isBlank && $0 != "," && $0 != "]" }) else {
            return .notJSON
          }
          onlyStrings = false
        }
        scanner.skipBlanks()
      } while scanner.read(",")
      guard scanner.read("]") else { return .notJSON }
    }
    guard scanner.isAtEnd else { return .notJSON }
    return onlyStrings ? .strings(strings) : .otherElements
  }

  private static func isScalarLiteral(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first else { return false }
    if ["true", "false", "null"].contains(text) { return true }
    return (first == "-" || first.isDigit) && Double(text) != nil
  }

  private static func string(_ scanner: inout Scanner) -> String? {
    scanner.advance()
    var result = String.UnicodeScalarView()
    while let scalar = scanner.read() {
      switch scalar {
      case "\"": return String(result)
      case "\\":
        guard let escaped = escape(&scanner) else { return nil }
        result.append(escaped)
      case _ where scalar.value < 0x20: return nil
      default: result.append(scalar)
      }
    }
    return nil
  }

  private static func escape(_ scanner: inout Scanner) -> Unicode.Scalar? {
    switch scanner.read() {
    case "\"": "\""
    case "\\": "\\"
    case "/": "/"
    case "b": "\u{8}"
    case "f": "\u{c}"
    case "n": "\n"
    case "r": "\r"
    case "t": "\t"
    case "u": unicodeEscape(&scanner)
    default: nil
    }
  }

  /// Reads `XXXX`, or a surrogate pair `XXXX\uXXXX`.
  private static func unicodeEscape(_ scanner: inout Scanner) -> Unicode.Scalar? {
    guard let high = hex4(&scanner) else { return nil }
    guard (0xD800..<0xDC00).contains(high) else { return Unicode.Scalar(high) }
    guard scanner.read("\\"), scanner.read("u"), let low = hex4(&scanner),
      (0xDC00..<0xE000).contains(low)
    else { return nil }
    return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
  }

  private static func hex4(_ scanner: inout Scanner) -> UInt32? {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = scanner.read().map(Character.init)?.hexDigitValue else { return nil }
      value = value * 16 + UInt32(digit)
    }
    return value
  }
}
