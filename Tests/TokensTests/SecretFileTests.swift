import Errors
import Foundation
import Testing
import Tokens

/// The files that hold the credentials and the signing key.
@Suite final class SecretFileTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "tokens-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func path(_ name: String) -> String { folder.appending(path: name).path }

  private func write(_ text: String, to path: String, mode: Int) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  @Test func credentialsAreMadeOnceForTheOwnerOnly() throws {
    let path = path("credentials")
    let made = try Credentials.loadOrCreate(at: path)
    let found = try Credentials.loadOrCreate(at: path)
    #expect(found.match(id: made.id, secret: made.secret))
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["credentials"])
  }

  @Test func credentialsOfOnesOwnAreTaken() throws {
    try write("my-id  my-secret\n", to: path("credentials"), mode: 0o600)
    let found = try Credentials.loadOrCreate(at: path("credentials"))
    #expect(found.match(id: "my-id", secret: "my-secret"))
  }

  @Test(arguments: ["", "one", "one two three"])
  func aFileThatIsNotCredentialsIsRefused(text: String) throws {
    let path = path("credentials")
    try write(text, to: path, mode: 0o600)
    let error = #expect(throws: SandlotError.self) { try Credentials.loadOrCreate(at: path) }
    #expect(error?.code == .failedPrecondition)
    #expect(error?.message.contains(path) == true)
  }

  @Test(arguments: [0o640, 0o604, 0o644])
  func aFileThatOthersMayReadIsRefused(mode: Int) throws {
    let path = path("credentials")
    try write("ak-1 as-1", to: path, mode: mode)
    let error = #expect(throws: SandlotError.self) { try Credentials.loadOrCreate(at: path) }
    #expect(error?.code == .failedPrecondition)
    #expect(error?.hint?.contains("chmod 600 \(path)") == true)
  }

  @Test func aMissingFolderIsNamed() {
    let path = path("missing/credentials")
    let error = #expect(throws: SandlotError.self) { try Credentials.loadOrCreate(at: path) }
    #expect(error?.code == .internal)
    #expect(error?.message.contains(path) == true)
  }

  @Test func theKeyStaysTheSame() async throws {
    let path = path("key")
    let made = await AccessTokens(key: try SigningKey.loadOrCreate(at: path))
    let found = await AccessTokens(key: try SigningKey.loadOrCreate(at: path))
    let token = try await made.routerToken(sandboxID: "sb-1", taskID: "ta-1")
    try await found.verifyRouter(token, taskID: "ta-1")
    #expect(FileManager.default.contents(atPath: path)?.count == SigningKey.byteCount)
  }

  @Test(arguments: [0, 31, 33])
  func aKeyOfAnotherLengthIsRefused(count: Int) throws {
    let path = path("key")
    try write(String(repeating: "k", count: count), to: path, mode: 0o600)
    let error = #expect(throws: SandlotError.self) { try SigningKey.loadOrCreate(at: path) }
    #expect(error?.code == .failedPrecondition)
  }

  @Test func whoeverMakesThemAtOnceGetsTheSame() async throws {
    let path = path("credentials")
    let secrets = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<16 {
        group.addTask { try Credentials.loadOrCreate(at: path).secret }
      }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(secrets.count == 1)
  }
}
