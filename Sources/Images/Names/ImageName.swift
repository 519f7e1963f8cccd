import Errors
import Identifiers

/// A name as clients write it: `[environment/]name[:tag]`.
public struct ImageName: Sendable, Equatable {
  /// The environment; empty where the name says none.
  public var environment: String
  /// `name:tag`; the tag is `latest` where none is said.
  public var name: String

  /// Reads a name. Throws `SandlotError.invalidArgument`.
  public init(_ text: String) throws(SandlotError) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let tagged = (parts.last ?? "").split(
      separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(tagged.first ?? "")
    let tag = tagged.count > 1 ? String(tagged[1]) : "latest"
    let environment = parts.count > 1 ? String(parts[0]) : ""
    guard ObjectName.isValid(name), ObjectName.isValid(tag), !name.hasPrefix("im-"),
      parts.count == 1 || !environment.isEmpty
    else {
      throw SandlotError(
        .invalidArgument, "'\(text.prefix(200))' cannot be the name of an image.",
        hint: "Use [environment/]name[:tag], where the name does not begin with 'im-'. "
          + ObjectName.rule)
    }
    self.environment = environment
    self.name = "\(name):\(tag)"
  }
}
