import Crypto
import Errors

/// The token id and secret that a client of the control plane must bring with every call.
public struct Credentials: Sendable {
  /// `ak-` and 22 letters or digits; may be shown.
  public let id: String
  /// `as-` and 22 letters or digits (131 bits); must not be logged.
  public let secret: String

  /// Credentials that exist already.
  ///
  /// - Throws: `invalidArgument` where either is empty or contains white space, since the SDK
  ///   sends both as header values.
  public init(id: String, secret: String) throws(SandlotError) {
    for (name, value) in [("id", id), ("secret", secret)] {
      guard !value.isEmpty, value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
        throw SandlotError(
          .invalidArgument,
          "The token \(name) is empty or has characters other than printable ASCII."
        )
      }
    }
    self.init(unchecked: id, secret)
  }

  private init(unchecked id: String, _ secret: String) {
    self.id = id
    self.secret = secret
  }

  /// New credentials from the system's source of randomness.
  public static func generate() -> Credentials {
    var generator = SystemRandomNumberGenerator()
    return generate(using: &generator)
  }

  /// New credentials from a given source of randomness, which must be cryptographically secure.
  package static func generate(using generator: inout some RandomNumberGenerator) -> Credentials {
    Credentials(
      unchecked: "ak-" + word(using: &generator), "as-" + word(using: &generator))
  }

  /// Whether both are right; takes the same time whichever is wrong, and wherever.
  public func match(id: String, secret: String) -> Bool {
    // Digests have one length, and comparing them takes constant time.
    let rightID = SHA256.hash(data: Array(id.utf8)) == SHA256.hash(data: Array(self.id.utf8))
    let rightSecret =
      SHA256.hash(data: Array(secret.utf8)) == SHA256.hash(data: Array(self.secret.utf8))
    return rightID && rightSecret
  }

  private static func word(using generator: inout some RandomNumberGenerator) -> String {
    let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    return String(
      (0..<22).map { _ in alphabet[Int.random(in: alphabet.indices, using: &generator)] })
  }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible {
  /// The id alone.
  public var description: String { "Credentials(\(id))" }

  /// The id alone.
  public var debugDescription: String { description }
}
