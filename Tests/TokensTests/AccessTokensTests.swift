import Errors
import Foundation
import Testing
import Tokens

@Suite struct AccessTokensTests {
  private let key = SigningKey.generate()
  private let start = Date(timeIntervalSince1970: 1_700_000_000.75)

  /// The tokens of `key` at `seconds` after the start.
  private func tokens(after seconds: TimeInterval = 0, key other: SigningKey? = nil) async
    -> AccessTokens
  {
    let date = start.addingTimeInterval(seconds)
    return await AccessTokens(key: other ?? key, now: { date })
  }

  private func refusal(of token: String, after seconds: TimeInterval = 1) async -> SandlotError? {
    let tokens = await tokens(after: seconds)
    return await #expect(throws: SandlotError.self) {
      try await tokens.verifyRouter(token, taskID: "ta-1")
    }
  }

  private func routerToken(sandboxID: String = "sb-1", taskID: String = "ta-1") async throws
    -> String
  {
    try await tokens().routerToken(sandboxID: sandboxID, taskID: taskID)
  }

  @Test func aRouterTokenOpensItsTask() async throws {
    let target = try await tokens(after: 3599).verifyRouter(routerToken(), taskID: "ta-1")
    #expect(target.sandboxID == "sb-1")
    #expect(target.taskID == "ta-1")
  }

  @Test func theClaimsAreWhatTheSDKReads() async throws {
    let router = try payload(of: await routerToken())
    #expect(router["exp"] as? Int == 1_700_003_600)
    #expect(router["iat"] as? Int == 1_700_000_000)
    #expect(router["sandbox_id"] as? String == "sb-1")
    #expect(router["task_id"] as? String == "ta-1")
    let auth = try payload(of: await tokens().authToken())
    #expect(auth["exp"] as? Int == 1_700_001_200)
    #expect(auth["task_id"] == nil)
  }

  @Test func itExpires() async throws {
    let error = await refusal(of: try await routerToken(), after: 3600)
    #expect(error?.code == .unauthenticated)
    #expect(error?.message.contains("expired") == true)
    #expect(error?.hint != nil)
  }

  @Test func anotherKeysTokenIsRefused() async throws {
    let foreign = await tokens(key: .generate())
    let error = await refusal(of: try await foreign.routerToken(sandboxID: "sb-1", taskID: "ta-1"))
    #expect(error?.code == .unauthenticated)
    #expect(error?.message.contains("not signed by this server") == true)
  }

  @Test func anotherSandboxsTokenIsDenied() async throws {
    let token = try await routerToken(sandboxID: "sb-2", taskID: "ta-2")
    let error = await refusal(of: token)
    #expect(error?.code == .permissionDenied)
    #expect(error?.message.contains("sb-2") == true)
    #expect(error?.message.contains("ta-1") == true)
  }

  @Test func anAuthTokenIsNoRouterToken() async throws {
    let error = await refusal(of: try await tokens().authToken())
    #expect(error?.code == .unauthenticated)
    #expect(error?.message.contains("not one for a sandbox's router") == true)
  }

  @Test func changedClaimsAreRefused() async throws {
    let parts = try await routerToken(taskID: "ta-2").split(separator: ".").map(String.init)
    let claims = try text(of: parts[1]).replacing("ta-2", with: "ta-1")
    let error = await refusal(of: "\(parts[0]).\(encoded(claims)).\(parts[2])")
    #expect(error?.code == .unauthenticated)
    #expect(error?.message.contains("not signed by this server") == true)
  }

  @Test(arguments: ["none", "None", "HS256"])
  func aTokenWithoutSignatureIsRefused(algorithm: String) async throws {
    let parts = try await routerToken().split(separator: ".").map(String.init)
    let header = encoded(#"{"alg":"\#(algorithm)","typ":"JWT"}"#)
    #expect(await refusal(of: "\(header).\(parts[1]).")?.code == .unauthenticated)
    #expect(await refusal(of: "\(header).\(parts[1])")?.code == .unauthenticated)
  }

  @Test(arguments: ["", "x", "a.b", "a.b.c", "....", "ä.ö.ü", "e30.e30.e30"])
  func whatIsNoJWTIsRefused(text: String) async {
    let error = await refusal(of: text)
    #expect(error?.code == .unauthenticated)
  }

  private func payload(of token: String) throws -> [String: Any] {
    let parts = token.split(separator: ".").map(String.init)
    #expect(parts.count == 3)
    let object = try JSONSerialization.jsonObject(with: Data(text(of: parts[1]).utf8))
    return try #require(object as? [String: Any])
  }

  private func text(of part: String) throws -> String {
    let standard = part.replacing("-", with: "+").replacing("_", with: "/")
    let padding = String(repeating: "=", count: (4 - part.count % 4) % 4)
    return String(decoding: try #require(Data(base64Encoded: standard + padding)), as: UTF8.self)
  }

  private func encoded(_ text: String) -> String {
    Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
  }
}
