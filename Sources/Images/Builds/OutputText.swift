/// Turns a stream's bytes into text as they come.
struct OutputText {
  /// The beginning of a character whose rest has not come.
  private var pending: [UInt8] = []

  /// The text of the bytes so far, except for a last character that is not complete.
  mutating func append(_ bytes: [UInt8]) -> String {
    pending += bytes
    let complete = pending.count - incompleteSuffix
    defer { pending.removeFirst(complete) }
    return String(decoding: pending[..<complete], as: UTF8.self)
  }

  /// What is left when the stream has ended.
  mutating func finish() -> String {
    defer { pending = [] }
    return String(decoding: pending, as: UTF8.self)
  }

  /// How many bytes at the end begin a UTF-8 sequence that is longer than they are.
  private var incompleteSuffix: Int {
    for length in 1...3 where length <= pending.count {
      let byte = pending[pending.count - length]
      if byte & 0b1100_0000 == 0b1000_0000 { continue }
      let expected = byte >= 0b1111_0000 ? 4 : byte >= 0b1110_0000 ? 3 : byte >= 0b1100_0000 ? 2 : 1
      return expected > length ? length : 0
    }
    return 0
  }
}

/// The last lines of a step's output, for its failure.
struct OutputTail {
  private static let lines = 20
  private static let bytes = 8 << 10

  private var kept = ""

  mutating func append(_ text: String) {
    kept += text
    // Cutting at twice the size keeps the cost of a long output linear.
    if kept.utf8.count > 2 * Self.bytes { kept = limited }
  }

  /// At most 20 lines and 8 KiB.
  var text: String {
    limited.split(whereSeparator: \.isNewline).suffix(Self.lines).joined(separator: "\n")
  }

  private var limited: String {
    String(decoding: kept.utf8.suffix(Self.bytes), as: UTF8.self)
  }
}
