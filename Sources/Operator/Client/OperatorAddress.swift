import Errors
import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix

/// What it takes to ask a server.
public struct OperatorAddress: Sendable, Equatable {
  /// `http://host:port`, as in `MODAL_SERVER_URL`.
  public var url: String
  /// The token id that the server wants.
  public var tokenID: String
  /// The secret that belongs to it.
  public var tokenSecret: String

  /// An address.
  public init(url: String, tokenID: String, tokenSecret: String) {
    self.url = url
    self.tokenID = tokenID
    self.tokenSecret = tokenSecret
  }

  /// The host and the port. Throws `SandlotError.invalidArgument` for a URL that is not of a server.
  func place() throws(SandlotError) -> (host: String, port: Int) {
    guard let parts = URLComponents(string: url), parts.scheme == "http", let host = parts.host,
      let port = parts.port
    else {
      throw SandlotError(
        .invalidArgument, "'\(url)' is not the URL of a Sandlot server.",
        hint: "Set MODAL_SERVER_URL as 'sandlot env' prints it: http://host:port.")
    }
    return (host, port)
  }
}
