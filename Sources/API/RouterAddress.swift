import Edge

/// Where clients reach the router: the same port as the control plane.
public struct RouterAddress: Sendable {
  private let host: String
  private let port: Int

  /// The address that the server listens on.
  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// The URL for the client that makes the current call.
  ///
  /// Python takes plaintext only from an `http` URL, JavaScript and Go take plaintext on a loopback
  /// address only from an `https` one. A client on the loopback keeps the name by which it reached
  /// the control plane, so that a tunnel works whose two ends have the same port number.
  public func url(for call: CallMetadata) -> String {
    let scheme =
      switch call.clientType {
      case .javaScript, .go: "https"
      case .python, .other: "http"
      }
    let wildcard = ["0.0.0.0", "::", ""].contains(host)
    let loopback = ["localhost", "127.0.0.1"]
    let seen = call.host.flatMap { wildcard || loopback.contains($0) ? $0 : nil }
    return "\(scheme)://\(seen ?? host):\(port)"
  }
}
