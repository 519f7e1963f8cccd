import Errors
import Foundation
import Store
import Testing

@Suite struct AppTests {
  private func app(
    _ id: String, name: String? = nil, state: AppRow.State = .deployed
  ) -> AppRow {
    AppRow(
      id: id, name: name, environment: "main", description: "", state: state,
      createdAt: Date(timeIntervalSince1970: 1_700_000_000.25))
  }

  @Test func aRowComesBackAsItWentIn() async throws {
    let store = try Store()
    let row = app("ap-1", name: "one")
    try await store.insert(row)
    #expect(try await store.app(id: "ap-1") == row)
    #expect(try await store.app(named: "one", environment: "main") == row)
    #expect(try await store.app(named: "one", environment: "other") == nil)
    #expect(try await store.app(id: "ap-2") == nil)
  }

  @Test func aStoppedAppGivesItsNameFree() async throws {
    let store = try Store()
    try await store.insert(app("ap-1", name: "one"))
    await #expect(throws: SandlotError.self) { try await store.insert(app("ap-2", name: "one")) }
    try await store.stopApp(id: "ap-1", at: Date())
    #expect(try await store.app(named: "one", environment: "main") == nil)
    try await store.insert(app("ap-2", name: "one"))
    #expect(try await store.app(named: "one", environment: "main")?.id == "ap-2")
  }

  @Test func ephemeralAppsHaveNoNameToQuarrelAbout() async throws {
    let store = try Store()
    try await store.insert(app("ap-1", state: .ephemeral))
    try await store.insert(app("ap-2", state: .ephemeral))
    try await store.insert(app("ap-3", name: "kept"))
    try await store.stopEphemeralApps(at: Date())
    #expect(try await store.app(id: "ap-1")?.state == .stopped)
    #expect(try await store.app(id: "ap-2")?.state == .stopped)
    #expect(try await store.app(id: "ap-3")?.state == .deployed)
  }
}
