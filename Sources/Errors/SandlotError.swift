/// The one error that Sandlot shows to people: what happened, with the value that was wrong, and
/// what to do about it.
///
/// Every layer throws it; only the gRPC edge (`API`, `Router`) and the command line translate it,
/// each in one place.
public struct SandlotError: Error, Sendable, Equatable {
  /// What kind of failure it is; decides the gRPC status and so what the SDK does about it.
  public var code: Code
  /// One sentence for the person who made the request: what happened, naming the value at fault.
  public var message: String
  /// What to do about it; nil where the message says it all.
  public var hint: String?

  public init(_ code: Code, _ message: String, hint: String? = nil) {
    self.code = code
    self.message = message
    self.hint = hint
  }
}

extension SandlotError {
  /// The kinds of failure, after the gRPC status codes that they become.
  ///
  /// The SDK retries INTERNAL, UNKNOWN and UNAVAILABLE by itself, so a permanent error must never
  /// be `internal` or `unavailable`.
  public enum Code: String, Sendable, Equatable, CaseIterable {
    /// The request is wrong in itself.
    case invalidArgument
    /// What the request names does not exist.
    case notFound
    /// What the request would make exists already.
    case alreadyExists
    /// The caller is not who it must be.
    case unauthenticated
    /// The caller is known and may not do this.
    case permissionDenied
    /// The thing exists and is not in a state that allows this.
    case failedPrecondition
    /// The host has no room for it: memory, disk, addresses.
    case resourceExhausted
    /// Not built yet, or never will be; the message says what to do instead.
    case unimplemented
    /// It took longer than allowed.
    case deadlineExceeded
    /// A passing condition; trying again may help.
    case unavailable
    /// A defect of Sandlot or a broken host.
    case `internal`
  }
}

extension SandlotError: CustomStringConvertible {
  /// The message and, where there is one, the hint, as one text.
  public var description: String {
    guard let hint else { return message }
    return "\(message) \(hint)"
  }
}
