/// Why a text is not JSON.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong, for a person.
  public let message: String
  /// Where, in bytes from the start.
  public let offset: Int

  /// The message with its place.
  public var description: String { "\(message) at byte \(offset)" }
}
