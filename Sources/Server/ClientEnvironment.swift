import Errors
import Operator
import Settings
import Tokens

/// The variables by which the SDK finds a server and proves itself to it.
public struct ClientEnvironment: Sendable {
  let url: String
  private let credentials: Credentials

  /// The variables for a running server at `url`; reads the tokens that it serves with.
  public init(settings: Settings, url: String) throws {
    let serving = DataDirectory(settings.dataDirectory).servingCredentials
    let credentials = try Credentials.load(at: serving.string)
    self.init(url: url, credentials: try credentials ?? Self.credentials(settings))
  }

  init(url: String, credentials: Credentials) {
    self.url = url
    self.credentials = credentials
  }

  /// One `export` line a variable.
  public var shellLines: String {
    """
    export MODAL_SERVER_URL=\(Self.word(url))
    export MODAL_TOKEN_ID=\(Self.word(credentials.id))
    export MODAL_TOKEN_SECRET=\(Self.word(credentials.secret))
    """
  }

  /// The same for the operator's commands.
  var operatorAddress: OperatorAddress {
    OperatorAddress(url: url, tokenID: credentials.id, tokenSecret: credentials.secret)
  }

  /// A text as one word of a shell: an operator's own token may have any printable characters.
  private static func word(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      let character = Character(UnicodeScalar(byte))
      return character.isASCII
        && (character.isLetter || character.isNumber || "-._/:".contains(character))
    }
    return isPlain ? text : "'" + text.replacing("'", with: #"'\''"#) + "'"
  }

  /// The operator's own tokens, or the ones in the data directory, made where they are missing.
  static func credentials(_ settings: Settings) throws -> Credentials {
    if let tokens = settings.tokens {
      return try Credentials(id: tokens.id, secret: tokens.secret)
    }
    let secrets = DataDirectory(settings.dataDirectory).secrets
    return try Credentials.loadOrCreate(at: secrets.appending("credentials").string)
  }
}
