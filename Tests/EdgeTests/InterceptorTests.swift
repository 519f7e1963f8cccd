import Edge
import Errors
import GRPCCore
import Testing
import Tokens

@Suite struct InterceptorTests {
  @Test func aCallKnowsItsMetadata() async throws {
    let service = TestService(
      handle: { #expect(CallMetadata.current.host == "sandlot.example") },
      produce: { CallMetadata.current.idempotencyKey ?? "none" })
    let metadata: Metadata = ["x-modal-host": "sandlot.example", "x-idempotency-key": "key-1"]
    #expect(try await call(service, metadata: metadata).text == "key-1")
  }

  @Test func warningsArePercentEncodedAndSaidOnce() async throws {
    let service = TestService(
      handle: { Warnings.current?.add("50 % größer, \"so\"\n") },
      produce: {
        for _ in 1...2 { Warnings.current?.add("second") }
        return "done"
      })
    let answer = try await call(service)
    #expect(answer.text == "done")
    #expect(
      Array(answer.trailing[stringValues: "x-modal-warning"]) == [
        "50%20%25%20gr%C3%B6%C3%9Fer%2C%20%22so%22%0A", "second",
      ])
  }

  @Test func withoutAWarningThereIsNoMetadata() async throws {
    let answer = try await call(TestService())
    #expect(Array(answer.trailing[stringValues: "x-modal-warning"]).isEmpty)
    #expect(Warnings.current == nil)
  }

  @Test(
    arguments: [
      ([:], "carries no token"),
      (["x-modal-token-id": "ak-1"], "carries no token"),
      (["x-modal-token-secret": "as-1"], "carries no token"),
      (["x-modal-token-id": "ak-1", "x-modal-token-secret": "as-2"], "'ak-1'"),
      (["x-modal-token-id": "ak-2", "x-modal-token-secret": "as-1"], "'ak-2'"),
    ] as [(Metadata, String)])
  func wrongCredentialsAreRefusedWithAHint(metadata: Metadata, word: String) async throws {
    let guarding = CredentialsInterceptor(credentials: try Credentials(id: "ak-1", secret: "as-1"))
    let service = TestService(handle: { Issue.record("the call went through") })
    let error = await #expect(throws: RPCError.self) {
      try await call(service, metadata: metadata, guardedBy: [guarding])
    }
    #expect(error?.code == .unauthenticated)
    #expect(error?.message.contains(word) == true)
    #expect(error?.message.contains("sandlot env") == true)
    #expect(error?.message.contains("as-") == false)
  }

  @Test func rightCredentialsLetThrough() async throws {
    let guarding = CredentialsInterceptor(credentials: try Credentials(id: "ak-1", secret: "as-1"))
    let metadata: Metadata = ["x-modal-token-id": "ak-1", "x-modal-token-secret": "as-1"]
    let service = TestService(produce: { "welcome" })
    #expect(try await call(service, metadata: metadata, guardedBy: [guarding]).text == "welcome")
  }
}
