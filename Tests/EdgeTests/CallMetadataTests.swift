import Edge
import GRPCCore
import Testing

@Suite struct CallMetadataTests {
  @Test func everythingIsRead() {
    let metadata = CallMetadata([
      "x-modal-client-type": "1", "x-idempotency-key": "key-1", "x-modal-host": "127.0.0.1",
      "x-modal-token-id": "ak-1", "x-modal-token-secret": "as-1",
      "authorization": "Bearer header.claims.signature",
    ])
    #expect(metadata.clientType == .python)
    #expect(metadata.idempotencyKey == "key-1")
    #expect(metadata.host == "127.0.0.1")
    #expect(metadata.tokenID == "ak-1")
    #expect(metadata.tokenSecret == "as-1")
    #expect(metadata.bearerToken == "header.claims.signature")
  }

  @Test func nothingIsAPythonClientWithoutRights() {
    let metadata = CallMetadata([:])
    #expect(metadata.clientType == .python)
    #expect(metadata.idempotencyKey == nil && metadata.host == nil)
    #expect(metadata.tokenID == nil && metadata.tokenSecret == nil && metadata.bearerToken == nil)
  }

  @Test(arguments: [
    ("1", CallMetadata.ClientType.python), ("8", .javaScript), ("9", .go), ("", .python),
    ("2", .other("2")), ("ruby", .other("ruby")),
  ])
  func clientTypes(value: String, type: CallMetadata.ClientType) {
    #expect(CallMetadata(["x-modal-client-type": .string(value)]).clientType == type)
  }

  @Test(arguments: [
    ("Bearer abc", "abc"), ("bearer abc", nil), ("Basic abc", nil), ("Bearer", nil), ("", nil),
  ])
  func onlyABearerTokenIsOne(value: String, token: String?) {
    #expect(CallMetadata(["authorization": .string(value)]).bearerToken == token)
  }

  @Test(arguments: ["x-modal-token-id", "x-modal-token-secret", "x-idempotency-key"])
  func anEmptyValueIsNone(key: String) {
    #expect(CallMetadata([key: ""]) == CallMetadata([:]))
  }
}
