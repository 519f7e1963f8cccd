/// A source of a copy: a path or pattern seen from the root of where it is taken from.
public struct SourcePattern: Sendable, Equatable {
  /// The source as written.
  public let source: String
  /// The pattern of each component; empty for the root.
  public let components: [PathPattern]
  /// How many components at the start are left out of the destination where parents are kept: those
  /// before a `/./`.
  public let pivot: Int

  /// Reads a source as a Dockerfile's plan has it.
  ///
  /// - Throws: ``PatternError`` for a pattern that cannot be read.
  public init(_ source: String) throws(PatternError) {
    self.source = source
    var components: [PathPattern] = []
    var pivot = 0
    for component in source.split(separator: "/") {
      guard component != "." else {
        pivot = components.count
        continue
      }
      components.append(try PathPattern(String(component)))
    }
    self.components = components
    self.pivot = pivot
  }

  /// Whether it has wildcards: what matches nothing is no error then.
  public var hasWildcards: Bool { components.contains(where: \.hasWildcards) }

  /// How a path of a file stands to it.
  public enum Relation: Equatable, Sendable {
    /// The path is the source itself, or below it by the given components.
    case taken(below: Int)
    /// The path is a directory above the source.
    case above
    /// The copy does not touch it.
    case apart
  }

  /// How a path, seen from the root, stands to the source. Symbolic links are not followed: one
  /// that the source leads through has to be looked up by whoever has the files.
  public func relation(to path: some Collection<UInt8>) -> Relation {
    let names = path.split(separator: UInt8(ascii: "/"))
    for (pattern, name) in zip(components, names) where !pattern.matches(name) { return .apart }
    return names.count < components.count ? .above : .taken(below: names.count - components.count)
  }
}
