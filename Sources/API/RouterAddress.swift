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
  /// address only from an `https` one.
  public func url(for call: CallMetadata) -> String {
    let scheme =
      switch call.clientType {
      case .javaScript, .go: "https"
      case .python, .other: "http"
      }
    return "\(scheme)://\(ReachableHost(listening: host).name(for: call)):\(port)"
  }
}
