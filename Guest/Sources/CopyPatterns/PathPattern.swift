/// A pattern of paths as Go's `path.Match` has it: `*` and `?` stand for bytes and characters of one
/// component, `[a-z]` and `[^a-z]` for one character, and a backslash takes a meaning away.
///
/// Paths are bytes: a name in a file system need not be text.
public struct PathPattern: Sendable, Equatable {
  /// The pattern as written.
  public let source: String
  let tokens: [Token]

  enum Token: Sendable, Equatable {
    case byte(UInt8)
    /// `?`: one character that is no slash.
    case any
    /// `*`: any number of bytes without a slash.
    case star
    /// `[…]`: one character of these ranges, or none of them.
    case set(ranges: [ClosedRange<UInt32>], isNegated: Bool)
  }

  /// Reads a pattern.
  ///
  /// - Throws: ``PatternError`` for a bracket that is not closed, an empty one, or a backslash at
  ///   the end.
  public init(_ source: String) throws(PatternError) {
    self.source = source
    var reader = PatternReader(source)
    tokens = try reader.tokens()
  }

  /// Whether it has wildcards.
  public var hasWildcards: Bool {
    literal == nil
  }

  /// A pattern that only this text matches.
  public static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      if "*?[\\".contains(character) { result += "\\" }
      result.append(character)
    }
    return result
  }

  /// The only path that matches where there are no wildcards.
  public var literal: [UInt8]? {
    var bytes: [UInt8] = []
    for token in tokens {
      guard case .byte(let byte) = token else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  /// Whether the whole path matches.
  public func matches(_ path: some Collection<UInt8>) -> Bool {
    Self.matches(tokens[...], Array(path)[...])
  }

  /// Going back to the last star is enough: what an earlier one could take, it can take too.
  private static func matches(_ tokens: ArraySlice<Token>, _ path: ArraySlice<UInt8>) -> Bool {
    var tokens = tokens
    var path = path
    var retry: (tokens: ArraySlice<Token>, path: ArraySlice<UInt8>)?
    while true {
      if let token = tokens.first {
        if token == .star {
          tokens = tokens.dropFirst()
          retry = (tokens, path)
          continue
        }
        if let length = token.length(at: path) {
          tokens = tokens.dropFirst()
          path = path.dropFirst(length)
          continue
        }
      } else if path.isEmpty {
        return true
      }
      guard let last = retry, let skipped = last.path.first, skipped != UInt8(ascii: "/") else {
        return false
      }
      tokens = last.tokens
      path = last.path.dropFirst()
      retry = (tokens, path)
    }
  }
}

extension PathPattern.Token {
  /// How many bytes at the start of `path` it stands for; nil where it does not match.
  fileprivate func length(at path: ArraySlice<UInt8>) -> Int? {
    guard let first = path.first else { return nil }
    switch self {
    case .byte(let byte): return first == byte ? 1 : nil
    case .star: return nil
    case .any: return first == UInt8(ascii: "/") ? nil : character(at: path).length
    case .set(let ranges, let isNegated):
      guard first != UInt8(ascii: "/") else { return nil }
      let (value, length) = character(at: path)
      return ranges.contains { $0.contains(value) } == isNegated ? nil : length
    }
  }

  /// The character at the start of `path`; a byte that begins none stands for the replacement
  /// character, as in Go.
  private func character(at path: ArraySlice<UInt8>) -> (value: UInt32, length: Int) {
    var decoder = UTF8()
    var bytes = path.makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&bytes) else { return (0xFFFD, 1) }
    return (scalar.value, UTF8.width(scalar))
  }
}

/// Why a pattern cannot be read.
public struct PatternError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong, with the pattern.
  public let description: String
}

/// Reads the text of a ``PathPattern``.
private struct PatternReader {
  private let source: String
  private var rest: ArraySlice<Unicode.Scalar>

  init(_ source: String) {
    self.source = source
    rest = Array(source.unicodeScalars)[...]
  }

  mutating func tokens() throws(PatternError) -> [PathPattern.Token] {
    var tokens: [PathPattern.Token] = []
    while let scalar = rest.popFirst() {
      switch scalar {
      case "*": if tokens.last != .star { tokens.append(.star) }
      case "?": tokens.append(.any)
      case "[": tokens.append(try set())
      case "\\":
        guard let escaped = rest.popFirst() else { throw fault("ends in a backslash") }
        tokens += UTF8.encode(escaped).map { Array($0.map(PathPattern.Token.byte)) } ?? []
      default: tokens += UTF8.encode(scalar).map { Array($0.map(PathPattern.Token.byte)) } ?? []
      }
    }
    return tokens
  }

  private mutating func set() throws(PatternError) -> PathPattern.Token {
    var isNegated = false
    if rest.first == "^" {
      rest.removeFirst()
      isNegated = true
    }
    var ranges: [ClosedRange<UInt32>] = []
    while rest.first != "]" || ranges.isEmpty {
      let low = try member()
      var high = low
      if rest.first == "-" {
        rest.removeFirst()
        high = try member()
      }
      guard low <= high else { throw fault("has a range that ends before it begins") }
      ranges.append(low...high)
    }
    rest.removeFirst()
    return .set(ranges: ranges, isNegated: isNegated)
  }

  private mutating func member() throws(PatternError) -> UInt32 {
    guard var scalar = rest.popFirst() else { throw fault("has a bracket that is not closed") }
    guard scalar != "]", scalar != "-" else {
      throw fault("has “\(scalar)” where a character is needed")
    }
    if scalar == "\\" {
      guard let escaped = rest.popFirst() else { throw fault("ends in a backslash") }
      scalar = escaped
    }
    return scalar.value
  }

  private func fault(_ problem: String) -> PatternError {
    PatternError(description: "the pattern “\(source)” \(problem)")
  }
}
