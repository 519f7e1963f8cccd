import Apps
import Errors
import Foundation
import Store
import Testing

@Suite struct AppLifeTests {
  private static let grace = AppRegistry.heartbeatGrace

  @Test func heartbeatsKeepAnEphemeralAppAlive() async throws {
    let fixture = try Fixture()
    let app = try await fixture.ephemeral()
    #expect(app.name == nil && app.state == .ephemeral && app.description == "script.py")
    for _ in 1...3 {
      await fixture.look(for: Self.grace)
      #expect(try await fixture.state(app) == .ephemeral)
      try await fixture.registry.heartbeat(app.id)
    }
    await fixture.look(for: Self.grace)
    // Not one moment before.
    #expect(fixture.ended.isEmpty)
    await fixture.look(for: .milliseconds(1))
    #expect(try await fixture.state(app) == .stopped)
    #expect(fixture.ended == [app.id])
    #expect(await code { try await fixture.registry.heartbeat(app.id) } == .failedPrecondition)
  }

  @Test func theGraceIsNoShorterThanAMinute() {
    #expect(Self.grace >= .seconds(60))
  }

  @Test func aServerThatWasStoppedBlamesNobody() async throws {
    let fixture = try Fixture()
    let app = try await fixture.ephemeral()
    await fixture.look(for: .seconds(30))
    fixture.pass(.seconds(3600))
    await fixture.registry.endAbandonedApps()
    #expect(try await fixture.state(app) == .ephemeral)
    // The hour counts as the longest time between two looks, and the rest of the grace is left.
    let rest = Self.grace - .seconds(30) - .seconds(15)
    await fixture.look(for: rest)
    #expect(try await fixture.state(app) == .ephemeral)
    await fixture.look(for: .seconds(5))
    #expect(fixture.ended == [app.id])
  }

  @Test func aHeartbeatAfterAStopCountsFromThen() async throws {
    let fixture = try Fixture()
    let app = try await fixture.ephemeral()
    fixture.pass(.seconds(3600))
    try await fixture.registry.heartbeat(app.id)
    await fixture.registry.endAbandonedApps()
    await fixture.look(for: Self.grace)
    #expect(try await fixture.state(app) == .ephemeral)
    await fixture.look(for: .seconds(5))
    #expect(fixture.ended == [app.id])
  }

  @Test func aNamedAppNeedsNoHeartbeats() async throws {
    let fixture = try Fixture()
    let app = try await fixture.lookUp("tools")
    try await fixture.registry.heartbeat(app.id)
    await fixture.look(for: Self.grace * 10)
    #expect(try await fixture.state(app) == .deployed)
    #expect(fixture.ended.isEmpty)
  }

  @Test func onlyTheAbandonedOneEnds() async throws {
    let fixture = try Fixture()
    let (abandoned, kept) = (try await fixture.ephemeral(), try await fixture.ephemeral())
    await fixture.look(for: Self.grace)
    try await fixture.registry.heartbeat(kept.id)
    await fixture.look(for: .seconds(1))
    #expect(fixture.ended == [abandoned.id])
    #expect(try await fixture.state(kept) == .ephemeral)
  }

  @Test func aClientThatLeavesEndsItsSandboxes() async throws {
    let fixture = try Fixture()
    let (ephemeral, named) = (try await fixture.ephemeral(), try await fixture.lookUp("tools"))
    try await fixture.registry.disconnect(named.id)
    #expect(try await fixture.state(named) == .deployed)
    for _ in 1...2 { try await fixture.registry.disconnect(ephemeral.id) }
    #expect(try await fixture.state(ephemeral) == .stopped)
    #expect(fixture.ended == [ephemeral.id])
  }

  @Test func stoppingTwiceEndsTheSandboxesOnce() async throws {
    let fixture = try Fixture()
    let app = try await fixture.lookUp("tools")
    for _ in 1...2 { try await fixture.registry.stop(app.id) }
    #expect(fixture.ended == [app.id])
  }

  @Test func anUnknownAppIsSaidToBeUnknown() async throws {
    let registry = try Fixture().registry
    let operations: [(String) async throws -> Void] = [
      registry.stop, registry.disconnect, registry.heartbeat,
      { _ = try await registry.app($0) }, { _ = try await registry.openApp($0) },
    ]
    for operation in operations {
      #expect(await code { try await operation("ap-none") } == .notFound)
    }
  }

  @Test func aRestartEndsTheEphemeralAppsOnly() async throws {
    let store = try Store()
    let before = try Fixture(store: store)
    let (ephemeral, named) = (try await before.ephemeral(), try await before.lookUp("tools"))
    let after = try Fixture(store: store)
    try await after.registry.recoverAfterRestart()
    #expect(try await after.state(ephemeral) == .stopped)
    #expect(try await after.lookUp("tools", .never) == named)
  }
}
