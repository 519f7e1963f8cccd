import Apps
import Errors
import Testing

@Suite struct EnvironmentTests {
  @Test func oneIsThereFromTheBeginning() async throws {
    let environments = try Fixture().registry.environments
    let main = try await environments.find("")
    #expect(main.name == "main" && main.isDefault && main.id.hasPrefix("en-"))
    #expect(try await environments.find("main") == main)
    #expect(await code { _ = try await environments.find("staging") } == .notFound)
    #expect(await code { _ = try await environments.create("main") } == .alreadyExists)
  }

  @Test func appsLiveInTheirEnvironment() async throws {
    let registry = try Fixture().registry
    try await registry.environments.create("dev")
    func app(_ environment: String) async throws -> String {
      try await registry.find(name: "tools", environment: environment, creation: .ifMissing).id
    }
    let (main, dev) = (try await app("main"), try await app("dev"))
    #expect(main != dev)
    #expect(try await app("") == main)
    #expect(try await registry.list(environment: "dev").map(\.id) == [dev])
    #expect(try await registry.list(environment: "").map(\.id) == [main])
    #expect(await code { _ = try await app("staging") } == .notFound)
  }

  @Test func aNewNameTakesTheAppsAlong() async throws {
    let registry = try Fixture().registry
    let environment = try await registry.environments.create("dev")
    let app = try await registry.find(name: "a", environment: "dev", creation: .ifMissing)
    var changes = Environments.Changes()
    changes.name = "staging"
    changes.webSuffix = "st"
    let changed = try await registry.environments.update("dev", changes)
    #expect(changed.id == environment.id && changed.name == "staging" && changed.webSuffix == "st")
    let found = try await registry.find(name: "a", environment: "staging", creation: .never)
    #expect(found.id == app.id && found.environment == "staging")
    #expect(await code { _ = try await registry.environments.find("dev") } == .notFound)
    changes.name = "main"
    #expect(
      await code { _ = try await registry.environments.update("staging", changes) }
        == .alreadyExists)
  }

  @Test func deletingOneEndsItsApps() async throws {
    let fixture = try Fixture()
    let registry = fixture.registry
    try await registry.environments.create("dev")
    let kept = try await fixture.lookUp("kept")
    let app = try await registry.find(name: "a", environment: "dev", creation: .ifMissing)
    let ephemeral = try await registry.createEphemeral(description: "e", environment: "dev")
    try await registry.deleteEnvironment("dev")
    #expect(Set(fixture.ended) == [app.id, ephemeral.id])
    #expect(try await fixture.state(app) == .stopped)
    #expect(await code { _ = try await registry.openApp(app.id) } == .failedPrecondition)
    // Another one of the name has nothing to do with it.
    try await registry.environments.create("dev")
    #expect(try await registry.list(environment: "dev").isEmpty)
    #expect(try await fixture.state(kept) == .deployed)
    try await registry.deleteEnvironment("dev")
    #expect(await code { try await registry.deleteEnvironment("dev") } == .notFound)
    // No heartbeat of it is expected any more.
    await fixture.look(for: AppRegistry.heartbeatGrace * 10)
    #expect(fixture.ended.count == 2)
  }

  @Test(arguments: ["", "main"])
  func theDefaultOneStays(name: String) async throws {
    let registry = try Fixture().registry
    #expect(await code { try await registry.deleteEnvironment(name) } == .failedPrecondition)
  }

  @Test(arguments: ["", "a b", "a/b"])
  func someNamesCannotBe(name: String) async throws {
    let environments = try Fixture().registry.environments
    #expect(await code { _ = try await environments.create(name) } == .invalidArgument)
  }

  @Test func stoppedAppsAreListedForADay() async throws {
    let fixture = try Fixture()
    let app = try await fixture.lookUp("tools")
    try await fixture.registry.stop(app.id)
    let environment = try await fixture.registry.environment(named: "")
    let latest = try await fixture.registry.latest(name: "tools", environment: environment)
    #expect(latest?.id == app.id && latest?.state == .stopped && latest?.stoppedAt != nil)
    fixture.pass(.seconds(AppRegistry.listedAfterStop - 1))
    #expect(try await fixture.registry.list(environment: "").map(\.id) == [app.id])
    fixture.pass(.seconds(2))
    #expect(try await fixture.registry.list(environment: "").isEmpty)
    let next = try await fixture.lookUp("tools")
    #expect(
      try await fixture.registry.latest(name: "tools", environment: environment)?.id == next.id)
    #expect(try await fixture.registry.latest(name: "none", environment: environment) == nil)
  }
}
