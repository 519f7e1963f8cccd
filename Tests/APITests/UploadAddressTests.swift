import API
import Edge
import GRPCCore
import Testing

@Suite struct UploadAddressTests {
  @Test(arguments: [
    ("127.0.0.1", nil, "http://127.0.0.1:4601", true),
    ("127.0.0.1", "localhost", "http://localhost:4601", true),
    ("0.0.0.0", "sandlot.example", "http://sandlot.example:4601", false),
    ("0.0.0.0", "10.1.2.3", "http://10.1.2.3:4601", true),
    ("0.0.0.0", "172.32.0.1", "http://172.32.0.1:4601", false),
    ("0.0.0.0", "192.168.7.7", "http://192.168.7.7:4601", true),
  ])
  func theSDKIsToldWhatItTakes(listening: String, seen: String?, url: String, isLocal: Bool) {
    var call = CallMetadata([:])
    call.host = seen
    let address = UploadAddress(host: listening, port: 4601).address(for: call)
    #expect(address.url == url && address.isLocal == isLocal)
  }
}
