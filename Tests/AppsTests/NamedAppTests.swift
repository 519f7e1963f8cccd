import Apps
import Errors
import Testing

@Suite struct NamedAppTests {
  @Test(arguments: [AppCreation.ifMissing, .failIfExists])
  func aMissingAppIsMadeWhereAskedFor(creation: AppCreation) async throws {
    let app = try await Fixture().lookUp("tools", creation)
    #expect(app.id.hasPrefix("ap-"))
    #expect(app.name == "tools" && app.environment == "main" && app.state == .deployed)
  }

  @Test func lookingMakesNothing() async throws {
    let fixture = try Fixture()
    for _ in 1...2 {
      let error = await #expect(throws: SandlotError.self) {
        try await fixture.lookUp("tools", .never)
      }
      #expect(error?.code == .notFound && error?.message.contains("'tools'") == true)
    }
  }

  @Test func anExistingAppIsFoundOrRefused() async throws {
    let fixture = try Fixture()
    let app = try await fixture.lookUp("tools")
    #expect(try await fixture.lookUp("tools", .never) == app)
    #expect(try await fixture.lookUp("tools", .ifMissing) == app)
    #expect(await code { _ = try await fixture.lookUp("tools", .failIfExists) } == .alreadyExists)
    #expect(try await fixture.lookUp("other").id != app.id)
  }

  @Test func callersAtOnceGetTheSameApp() async throws {
    let fixture = try Fixture()
    let ids = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 1...16 { group.addTask { try await fixture.lookUp("tools").id } }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(ids.count == 1)
  }

  @Test(arguments: ["a", "My-App_2.0", String(repeating: "x", count: 63)])
  func aNameMayBe(name: String) async throws {
    #expect(try await Fixture().lookUp(name).name == name)
  }

  @Test(arguments: ["", "a b", "a/b", "naïve", "a\n", String(repeating: "x", count: 64)])
  func aNameMayNotBe(name: String) async throws {
    let fixture = try Fixture()
    for creation in [AppCreation.never, .ifMissing, .failIfExists] {
      #expect(await code { _ = try await fixture.lookUp(name, creation) } == .invalidArgument)
    }
  }

  @Test func aStoppedAppGivesItsNameFree() async throws {
    let fixture = try Fixture()
    let app = try await fixture.lookUp("tools")
    try await fixture.registry.stop(app.id)
    #expect(await code { _ = try await fixture.lookUp("tools", .never) } == .notFound)
    #expect(await code { _ = try await fixture.registry.openApp(app.id) } == .failedPrecondition)
    #expect(try await fixture.lookUp("tools").id != app.id)
    #expect(try await fixture.state(app) == .stopped)
  }
}
