import Errors
import Foundation
import Mounts
import Store
import Testing

@Suite struct CollectionTests {
  private static let day: TimeInterval = 24 * 3600

  @Test func aContentThatNobodyMountsGoesAfterADay() async throws {
    let fixture = try Fixture()
    let file = try await fixture.send("loose", to: "/a")
    fixture.clock.advance(Self.day - 60)
    #expect(try await fixture.mounts.collect().contents == 0)
    fixture.clock.advance(120)
    #expect(try await fixture.mounts.collect().contents == 1)
    #expect(try await fixture.mounts.missing([file.sha256]) == [file.sha256])
  }

  @Test func askingForAContentKeepsIt() async throws {
    let fixture = try Fixture()
    let file = try await fixture.send("asked", to: "/a")
    fixture.clock.advance(Self.day - 60)
    #expect(try await fixture.mounts.missing([file.sha256]).isEmpty)
    fixture.clock.advance(Self.day - 60)
    #expect(try await fixture.mounts.collect().contents == 0)
  }

  @Test func aMountGoesAWeekAfterItsLastUse() async throws {
    let fixture = try Fixture()
    let mount = try await fixture.mounts.create([fixture.send("mounted", to: "/a")])
    fixture.clock.advance(6 * Self.day)
    try await fixture.mounts.collect()
    #expect(try await fixture.mounts.tree(of: mount.id).entries.map(\.path) == ["/a"])
    fixture.clock.advance(6 * Self.day)
    try await fixture.mounts.collect()
    try await fixture.mounts.use(mount.id)
    fixture.clock.advance(8 * Self.day)
    #expect(try await fixture.mounts.collect().contents == 1)
    let error = await #expect(throws: SandlotError.self) {
      try await fixture.mounts.tree(of: mount.id)
    }
    #expect(error?.code == .notFound)
  }

  @Test func aLivingSandboxKeepsItsMounts() async throws {
    let fixture = try Fixture()
    let mount = try await fixture.mounts.create([fixture.send("lived in", to: "/a")])
    try await fixture.store.insertSandbox(
      SandboxRow(
        id: "sb-1", taskID: "ta-1", appID: "ap-1",
        specification: "{\"mountIDs\":[\"\(mount.id)\"]}", tags: "{}", createdAt: Date()))
    fixture.clock.advance(30 * Self.day)
    #expect(try await fixture.mounts.collect().contents == 0)
    try await fixture.store.markSandboxFinished(id: "sb-1", result: "{}", at: Date())
    #expect(try await fixture.mounts.collect().contents == 1)
  }

  @Test func aMountWithANameStays() async throws {
    let fixture = try Fixture()
    let file = try await fixture.send("named", to: "/a")
    let mount = try await fixture.mounts.create(
      name: "tools", environment: Mounts.shared, [file])
    fixture.clock.advance(365 * Self.day)
    #expect(try await fixture.mounts.collect().contents == 0)
    #expect(try await fixture.mounts.find(name: "tools", environment: Mounts.shared) == mount)
  }
}
