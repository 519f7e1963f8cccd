/// A JSON document in memory.
///
/// Small on purpose: the guest is one static binary, which Foundation would make ten times as
/// large.
public enum JSONValue: Equatable, Sendable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number without fraction and exponent that fits.
  case integer(Int)
  /// Any other number. Infinities and NaN, which JSON lacks, are written as `null`.
  case number(Double)
  /// Text.
  case string(String)
  /// An ordered list.
  case array([JSONValue])
  /// Named values in the order in which they were read or are to be written.
  case object([Member])

  /// One named value of an object.
  public struct Member: Equatable, Sendable {
    /// The key.
    public let name: String
    /// What the key stands for.
    public let value: JSONValue

    /// Names a value.
    public init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// The value of the member `name`: nil if there is none or this is no object.
  public subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }
}
