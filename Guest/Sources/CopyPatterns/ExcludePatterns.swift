/// The patterns of `--exclude`: `**` stands for any number of components, a pattern matches what is
/// below its matches too, and one that begins with `!` takes a match back. The last that matches
/// decides.
public struct ExcludePatterns: Sendable, Equatable {
  private struct Rule: Equatable, Sendable {
    let isException: Bool
    /// One for each component; nil is `**`.
    let components: [PathPattern?]
  }

  private let rules: [Rule]

  /// Reads patterns.
  ///
  /// - Throws: ``PatternError`` for one that cannot be read.
  public init(_ patterns: [String]) throws(PatternError) {
    rules = try patterns.map { text throws(PatternError) in
      let isException = text.hasPrefix("!")
      let components = (isException ? text.dropFirst() : text[...]).split(separator: "/")
        .filter { $0 != "." }
      return Rule(
        isException: isException,
        components: try components.map { component throws(PatternError) in
          component == "**" ? nil : try PathPattern(String(component))
        })
    }
  }

  /// Whether there are none.
  public var isEmpty: Bool { rules.isEmpty }

  /// Whether something below an excluded directory may be taken back.
  public var hasExceptions: Bool { rules.contains(where: \.isException) }

  /// Whether a path, seen from the root of the copied directory, is left out.
  public func excludes(_ path: some Collection<UInt8>) -> Bool {
    let components = path.split(separator: UInt8(ascii: "/"))
    var isExcluded = false
    for rule in rules where rule.isException == isExcluded {
      if Self.matches(rule.components[...], components[...]) { isExcluded = !rule.isException }
    }
    return isExcluded
  }

  /// Whether the pattern matches the path or a directory above it.
  private static func matches<Component: Collection<UInt8>>(
    _ pattern: ArraySlice<PathPattern?>, _ path: ArraySlice<Component>
  ) -> Bool {
    var pattern = pattern
    var path = path
    var retry: (pattern: ArraySlice<PathPattern?>, path: ArraySlice<Component>)?
    while true {
      switch pattern.first {
      case nil: return true
      case .some(nil):
        pattern = pattern.dropFirst()
        // What `**` ends with is what is below, not the directory itself.
        if pattern.isEmpty { return !path.isEmpty }
        retry = (pattern, path)
        continue
      case .some(let component?):
        if let first = path.first, component.matches(first) {
          pattern = pattern.dropFirst()
          path = path.dropFirst()
          continue
        }
      }
      guard let last = retry, !last.path.isEmpty else { return false }
      pattern = last.pattern
      path = last.path.dropFirst()
      retry = (pattern, path)
    }
  }
}
