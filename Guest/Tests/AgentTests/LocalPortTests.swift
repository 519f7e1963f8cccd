import CLinux
import Glibc
import GuestProtocol
import Testing

@Suite struct LocalPortTests {
  /// A socket that listens on a free port of the loopback.
  private func listener() -> (socket: Int32, port: UInt16) {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(socket, $0, size)
        _ = listen(socket, 1)
        _ = getsockname(socket, $0, &size)
      }
    }
    return (socket, UInt16(bigEndian: address.sin_port))
  }

  @Test func aPortIsOpenWhileSomebodyListens() throws {
    let host = try Host()
    let (socket, port) = listener()
    #expect(try host.ask(.probePort(port)) == .port(isOpen: true))
    close(socket)
    #expect(try host.ask(.probePort(port)) == .port(isOpen: false))
  }

  @Test func aServerThatTakesNoConnectionsIsNotOpenAndHoldsNobodyUp() throws {
    let host = try Host()
    let (socket, port) = listener()
    defer { close(socket) }
    // Nobody accepts, so the queue is soon full.
    var replies: [Reply] = []
    let start = ContinuousClock.now
    for _ in 0..<8 { replies.append(try host.ask(.probePort(port))) }
    #expect(replies.last == .port(isOpen: false))
    #expect(ContinuousClock.now - start < .seconds(5))
  }
}
