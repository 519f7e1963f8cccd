import Errors
import Foundation
import Server
import Testing

@Suite struct ListeningSocketTests {
  @Test(arguments: ["127.0.0.1", "localhost", "0.0.0.0"])
  func zeroTakesAFreePort(host: String) throws {
    let first = try ListeningSocket(host: host, port: 0)
    defer { close(first.descriptor) }
    let second = try ListeningSocket(host: host, port: 0)
    defer { close(second.descriptor) }
    #expect(first.port > 0 && second.port > 0 && first.port != second.port)
  }

  @Test func aPortInUseIsNamed() throws {
    let holder = try ListeningSocket(host: "127.0.0.1", port: 0)
    defer { close(holder.descriptor) }
    let error = #expect(throws: SandlotError.self) {
      _ = try ListeningSocket(host: "127.0.0.1", port: holder.port)
    }
    #expect(error?.code == .failedPrecondition)
    #expect(
      error?.message
        == "The server cannot listen on 127.0.0.1:\(holder.port): Address already in use.")
    #expect(error?.hint?.contains("--port") == true)
  }

  @Test(arguments: ["sandlot.example", "::1", "127.0.0.256", ""])
  func aHostThatIsNoAddressIsRefused(host: String) {
    let error = #expect(throws: SandlotError.self) { _ = try ListeningSocket(host: host, port: 0) }
    #expect(error?.code == .invalidArgument && error?.message.contains("'\(host)'") == true)
  }

  @Test func anAddressOfAnotherHostIsRefused() {
    // 192.0.2.0/24 is nobody's (RFC 5737).
    let error = #expect(throws: SandlotError.self) {
      _ = try ListeningSocket(host: "192.0.2.1", port: 0)
    }
    #expect(error?.code == .failedPrecondition)
    #expect(error?.message.contains("192.0.2.1:0") == true)
  }
}
