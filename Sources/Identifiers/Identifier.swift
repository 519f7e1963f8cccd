/// Makes the ids that the SDK knows objects by.
///
/// The SDK checks an object's prefix, takes the shape of a sandbox id for its protocol version, and
/// its CLI wants nothing but letters and digits after the dash.
public enum Identifier {
  /// The kinds of objects.
  public enum Kind: Sendable, CaseIterable {
    /// `ap-` and 22 letters and digits: the CLI takes any other length for an app's name.
    case app
    /// `en-`.
    case environment
    /// `im-`.
    case image
    /// `mo-`.
    case mount
    /// `sb-` and 26 characters: the shape that every SDK takes for a V2 sandbox.
    case sandbox
    /// `sb-` and 22 letters and digits: the shape that every SDK takes for a V1 sandbox.
    case sandboxV1
    /// `st-`.
    case secret
    /// `ta-…V`: the last letter marks the task of a V2 sandbox.
    case task
    /// `ta-` and 22 letters and digits, the last of which is no `V`.
    case taskV1
  }

  /// A new id. 128 random bits or more, so ids neither collide nor can be guessed.
  public static func make(
    _ kind: Kind, using generator: inout some RandomNumberGenerator
  ) -> String {
    switch kind {
    case .app: "ap-" + random(22, from: base62, using: &generator)
    case .environment: "en-" + random(22, from: base62, using: &generator)
    case .image: "im-" + random(26, from: crockford, using: &generator)
    case .mount: "mo-" + random(22, from: base62, using: &generator)
    case .sandbox: "sb-" + random(26, from: crockford, using: &generator)
    case .sandboxV1: "sb-" + random(22, from: base62, using: &generator)
    case .secret: "st-" + random(22, from: base62, using: &generator)
    case .task: "ta-" + random(26, from: crockford, using: &generator) + "V"
    case .taskV1:
      "ta-" + random(21, from: base62, using: &generator)
        + random(1, from: base62.filter { $0 != "V" }, using: &generator)
    }
  }

  /// A new id from the system's random numbers.
  public static func make(_ kind: Kind) -> String {
    var generator = SystemRandomNumberGenerator()
    return make(kind, using: &generator)
  }

  private static let base62 = Array(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
  private static let crockford = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

  private static func random(
    _ count: Int, from alphabet: [Character], using generator: inout some RandomNumberGenerator
  ) -> String {
    var text = ""
    for _ in 0..<count {
      text.append(alphabet[Int.random(in: 0..<alphabet.count, using: &generator)])
    }
    return text
  }
}
