import API
import Edge
import GRPCCore
import Testing

@Suite struct RouterAddressTests {
  @Test(arguments: [
    ("1", "http"), ("", "http"), ("7", "http"), ("8", "https"), ("9", "https"),
  ])
  func theSchemeIsWhatTheClientTakesForPlaintext(client: String, scheme: String) {
    let call = CallMetadata(["x-modal-client-type": .string(client)])
    let address = RouterAddress(host: "127.0.0.1", port: 4600)
    #expect(address.url(for: call) == "\(scheme)://127.0.0.1:4600")
  }

  @Test(arguments: [
    ("127.0.0.1", nil, "127.0.0.1"), ("127.0.0.1", "localhost", "localhost"),
    ("localhost", "127.0.0.1", "127.0.0.1"), ("0.0.0.0", "sandlot.example", "sandlot.example"),
    ("0.0.0.0", "127.0.0.1", "127.0.0.1"), ("10.0.0.5", "sandlot.example", "10.0.0.5"),
    ("127.0.0.1", "sandlot.example", "127.0.0.1"),
  ])
  func theHostIsOneThatTheClientReaches(listening: String, seen: String?, host: String) {
    var call = CallMetadata([:])
    call.host = seen
    #expect(RouterAddress(host: listening, port: 80).url(for: call) == "http://\(host):80")
  }
}
