import Edge

/// Where clients reach the server that takes large files: a port of its own on the same host.
public struct UploadAddress: Sendable {
  private let host: String
  private let port: Int

  /// The address that it listens on.
  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// The beginning of a URL for the client that makes the current call, and whether the SDK takes its
  /// host for one near by: an address of a private network, or `localhost`.
  public func address(for call: CallMetadata) -> (url: String, isLocal: Bool) {
    let host = ReachableHost(listening: host).name(for: call)
    return ("http://\(host):\(port)", Self.isLocal(host))
  }

  private static func isLocal(_ host: String) -> Bool {
    guard host != "localhost" else { return true }
    let bytes = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    guard bytes.count == 4 else { return false }
    switch (bytes[0], bytes[1]) {
    case (10, .some), (127, .some), (192, 168), (172, .some(16...31)), (169, 254): return true
    default: return false
    }
  }
}

/// The host of addresses that clients are told.
struct ReachableHost: Sendable {
  /// What the server listens on.
  let listening: String

  /// The name for the client of a call: a client on the loopback keeps the name by which it reached the
  /// control plane, so that a tunnel works whose two ends have the same port number.
  func name(for call: CallMetadata) -> String {
    let wildcard = ["0.0.0.0", "::", ""].contains(listening)
    let loopback = ["localhost", "127.0.0.1"]
    let seen = call.host.flatMap { wildcard || loopback.contains($0) ? $0 : nil }
    return seen ?? listening
  }
}
