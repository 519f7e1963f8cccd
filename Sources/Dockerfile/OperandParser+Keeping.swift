/// Instructions that only the image's configuration keeps.
extension OperandParser {
  /// `VOLUME directory …`, or a JSON array.
  func volumes() throws(SyntaxFault) -> [Template] {
    switch JSONStrings(rest) {
    case .strings(let strings): try strings.map(template)
    case .otherElements: throw SyntaxFault("the JSON array has elements that are not strings")
    case .notJSON: try words().map(template)
    }
  }

  /// `HEALTHCHECK NONE`, or `HEALTHCHECK [flags] CMD command`.
  func healthcheck() throws(SyntaxFault) -> Healthcheck {
    let (flags, rest) = try flags(
      valued: ["interval", "timeout", "start-period", "start-interval", "retries"])
    var scanner = Scanner(rest)
    let kind = scanner.read { !$0.isBlank }.uppercased()
    let operands = scanner.rest.trimmed
    switch kind {
    case "NONE" where operands.isEmpty && flags.all.isEmpty: return Healthcheck(test: ["NONE"])
    case "CMD":
      return Healthcheck(
        test: try healthTest(operands), interval: try duration("interval", flags),
        timeout: try duration("timeout", flags), startPeriod: try duration("start-period", flags),
        startInterval: try duration("start-interval", flags), retries: try retries(flags))
    default: throw SyntaxFault("HEALTHCHECK takes NONE alone, or flags, CMD and a command")
    }
  }

  private func healthTest(_ operands: String) throws(SyntaxFault) -> [String] {
    switch try command(operands) {
    case .shell(""), .exec([]): throw SyntaxFault("HEALTHCHECK CMD has no command")
    case .shell(let line): return ["CMD-SHELL", line]
    case .exec(let argv): return ["CMD"] + argv
    }
  }

  private func retries(_ flags: OperandFlags) throws(SyntaxFault) -> Int {
    guard let text = try flags.value("retries") else { return 0 }
    guard let count = Int(text), (0...Int(Int32.max)).contains(count) else {
      throw SyntaxFault("--retries is a count, not “\(text)”")
    }
    return count
  }

  private func duration(_ name: String, _ flags: OperandFlags) throws(SyntaxFault) -> Int64 {
    guard let text = try flags.value(name) else { return 0 }
    guard let nanoseconds = GoDuration.nanoseconds(text) else {
      throw SyntaxFault("--\(name) is a time like 30s or 1m30s, not “\(text)”")
    }
    return nanoseconds
  }
}

/// A length of time as Go's `time.ParseDuration` reads it: `1h2m3.5s`.
enum GoDuration {
  /// The nanoseconds; nil for what is no time, negative or longer than a century.
  static func nanoseconds(_ text: String) -> Int64? {
    if text == "0" { return 0 }
    var scanner = Scanner(text)
    var total = 0.0
    while !scanner.isAtEnd {
      let number = scanner.read { $0.isDigit || $0 == "." }
      let unit = scanner.read { !$0.isDigit && $0 != "." }
      guard let value = Double(number), let size = units[unit] else { return nil }
      total += value * size
    }
    return text.isEmpty || total > 3.2e18 ? nil : Int64(total)
  }

  private static let units = [
    "ns": 1, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9,
  ]
}
