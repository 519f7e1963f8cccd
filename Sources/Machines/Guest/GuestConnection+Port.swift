import Errors
import GuestProtocol

extension GuestConnection {
  /// Whether somebody in the guest accepts connections to a port of its loopback.
  package func acceptsConnections(port: UInt16) async throws -> Bool {
    switch try await request(.probePort(port)) {
    case .port(let isOpen): return isOpen
    case .failure(let failure): throw SandlotError(failure)
    case let reply: throw SandlotError(.internal, "\(machine) answered a probe with \(reply).")
    }
  }
}
