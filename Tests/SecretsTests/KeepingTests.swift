import Errors
import Foundation
import Secrets
import Store
import Testing
import Tokens

/// How secrets are kept, and for how long.
@Suite struct KeepingTests {
  @Test func nothingOfAValueIsInTheDatabase() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "secrets-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let fixture = try Fixture(store: Store(path: folder.appending(path: "s.sqlite").path))
    let id = try await fixture.create("db", ["K": "a-value-to-find"]).id
    try await fixture.secrets.update(id, ["K": "a-value-to-find-too"])
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let data = try Data(contentsOf: folder.appending(path: file))
      #expect(data.range(of: Data("a-value".utf8)) == nil, "in \(file)")
    }
  }

  @Test func anotherKeyOpensNothing() async throws {
    let store = try Store()
    let id = try await Fixture(store: store).create("db").id
    let after = try Fixture(store: store)
    #expect(await code { _ = try await after.variables(id) } == .failedPrecondition)
    #expect(try await after.secrets.info(id).keys == ["K"])
    try await after.create("db", ["K": "new"], existing: .replace)
    #expect(try await after.variables(id) == ["K": "new"])
  }

  @Test func aRowsVariablesDoNotOpenInAnother() async throws {
    let fixture = try Fixture()
    let (first, second) = (try await fixture.create("a").id, try await fixture.create("b").id)
    let sealed = try #require(try await fixture.store.secret(id: first)).sealed
    _ = try await fixture.store.updateSecret(id: second) { $0.sealed = sealed }
    #expect(await code { _ = try await fixture.variables(second) } == .failedPrecondition)
  }

  @Test func anonymousOnesGoWhenNobodyUsesThem() async throws {
    let fixture = try Fixture()
    func make() async throws -> String {
      try await fixture.secrets.createAnonymous(
        environment: "main", appID: nil, variables: ["K": "v"]
      ).id
    }
    let (used, unused) = (try await make(), try await make())
    let named = try await fixture.create("db").id
    fixture.pass(Secrets.anonymousRetention - 60)
    _ = try await fixture.variables(used)
    fixture.pass(120)
    try await fixture.secrets.removeAbandoned()
    #expect(await code { _ = try await fixture.secrets.info(unused) } == .notFound)
    #expect(try await fixture.variables(used) == ["K": "v"])
    #expect(try await fixture.variables(named) == ["K": "v"])
  }

  @Test func anonymousOnesGoWithTheirApp() async throws {
    let fixture = try Fixture()
    try await fixture.store.insert(
      AppRow(
        id: "ap-1", name: "app", environment: "main", description: "", state: .deployed,
        createdAt: Date()))
    let id = try await fixture.secrets.createAnonymous(
      environment: "main", appID: "ap-1", variables: [:]
    ).id
    try await fixture.secrets.removeAbandoned()
    _ = try await fixture.secrets.info(id)
    try await fixture.store.stopApp(id: "ap-1", at: Date())
    try await fixture.secrets.removeAbandoned()
    #expect(await code { _ = try await fixture.secrets.info(id) } == .notFound)
  }

  @Test func secretsMoveAndGoWithTheirEnvironment() async throws {
    let fixture = try Fixture()
    var environment = EnvironmentRow(id: "en-1", name: "dev", createdAt: Date())
    try await fixture.store.insert(environment)
    let id = try await fixture.secrets.create(
      name: "db", environment: "dev", variables: ["K": "v"]
    ).id
    environment.name = "staging"
    try await fixture.store.update(environment)
    #expect(try await fixture.secrets.find(name: "db", environment: "staging").id == id)
    _ = try await fixture.store.removeEnvironment(environment, at: Date())
    #expect(await code { _ = try await fixture.secrets.info(id) } == .notFound)
    #expect(
      await code {
        _ = try await fixture.secrets.create(name: "db", environment: "staging", variables: [:])
      } == .notFound)
  }
}
