import Errors
import Settings
import Tokens

/// The variables by which the SDK finds a server and proves itself to it.
public struct ClientEnvironment: Sendable {
  let url: String
  private let credentials: Credentials

  /// The variables for a server at `url`; reads the tokens that the server has made.
  public init(settings: Settings, url: String) throws {
    self.url = url
    credentials = try Self.credentials(settings)
  }

  init(url: String, credentials: Credentials) {
    self.url = url
    self.credentials = credentials
  }

  /// One `export` line a variable.
  public var shellLines: String {
    """
    export MODAL_SERVER_URL=\(url)
    export MODAL_TOKEN_ID=\(credentials.id)
    export MODAL_TOKEN_SECRET=\(credentials.secret)
    """
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
