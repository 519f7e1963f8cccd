/// Splitting the operands of an instruction into words, quotes and escapes left in place.
enum Words {
  /// The words of `text`, separated by blanks outside quotes.
  ///
  /// - Throws: when a quote is left open.
  static func split(_ text: String, escape: Unicode.Scalar) throws(SyntaxFault) -> [String] {
    var scanner = Scanner(text)
    var words: [String] = []
    scanner.skipBlanks()
    while !scanner.isAtEnd {
      let start = scanner.position
      if let quote = skipWord(&scanner, escape: escape) {
        throw .openQuote(quote)
      }
      words.append(scanner.string(from: start, to: scanner.position))
      scanner.skipBlanks()
    }
    return words
  }

  /// Whether `text` ends inside a quote.
  static func endsInQuote(_ text: String, _ escape: Unicode.Scalar) -> Bool {
    var scanner = Scanner(text)
    while !scanner.isAtEnd {
      if skipWord(&scanner, escape: escape) != nil { return true }
      scanner.skipBlanks()
    }
    return false
  }

  /// Skips one word; returns the quote that the text ends in, if it does.
  static func skipWord(
    _ scanner: inout Scanner, escape: Unicode.Scalar
  ) -> Unicode.Scalar? {
    var quote: Unicode.Scalar?
    while let scalar = scanner.next {
      if quote == nil, scalar.isBlank { return nil }
      scanner.advance()
      if let open = quote {
        if scalar == open {
          quote = nil
        } else if scalar == escape, open == "\"" {
          scanner.advance()
        }
      } else if scalar == "'" || scalar == "\"" {
        quote = scalar
      } else if scalar == escape {
        scanner.advance()
      }
    }
    return quote
  }
}

extension SyntaxFault {
  static func openQuote(_ quote: Unicode.Scalar) -> SyntaxFault {
    SyntaxFault("the quote \(quote) is not closed")
  }
}
