import Errors
import Foundation
import Secrets
import Store
import Testing
import Tokens

@Suite struct NamedSecretTests {
  @Test func aSecretIsFoundByNameAndOpenedById() async throws {
    let fixture = try Fixture()
    let made = try await fixture.create("db", ["USER": "me", "PASSWORD": "swordfish"])
    #expect(made.id.hasPrefix("st-") && made.keys == ["PASSWORD", "USER"])
    #expect(try await fixture.secrets.find(name: "db", environment: "main") == made)
    #expect(try await fixture.variables(made.id) == ["USER": "me", "PASSWORD": "swordfish"])
    #expect(
      await code { _ = try await fixture.secrets.find(name: "db", environment: "x") } == .notFound)
  }

  @Test func anExistingOneIsRefusedKeptOrReplaced() async throws {
    let fixture = try Fixture()
    let first = try await fixture.create("db", ["A": "1"])
    #expect(await code { try await fixture.create("db", ["B": "2"]) } == .alreadyExists)
    #expect(try await fixture.create("db", ["B": "2"], existing: .keep).id == first.id)
    #expect(try await fixture.variables(first.id) == ["A": "1"])
    let replaced = try await fixture.create("db", ["B": "2"], existing: .replace)
    #expect(replaced.id == first.id && replaced.keys == ["B"])
    #expect(try await fixture.variables(first.id) == ["B": "2"])
  }

  @Test func requiredKeysMustBeThere() async throws {
    let fixture = try Fixture()
    try await fixture.create("db", ["A": "1", "B": "2"])
    func find(_ keys: [String]) async throws {
      _ = try await fixture.secrets.find(name: "db", environment: "main", requiredKeys: keys)
    }
    try await find(["A", "B"])
    let error = await #expect(throws: SandlotError.self) { try await find(["A", "C"]) }
    #expect(error?.code == .notFound && error?.message.contains("C") == true)
  }

  @Test func updatesMerge() async throws {
    let fixture = try Fixture()
    let id = try await fixture.create("db", ["A": "1", "B": "2", "C": "3"]).id
    let info = try await fixture.secrets.update(id, ["A": "9", "B": nil, "D": "4"])
    #expect(info.keys == ["A", "C", "D"])
    #expect(try await fixture.variables(id) == ["A": "9", "C": "3", "D": "4"])
    #expect(await code { try await fixture.secrets.update("st-0", [:]) } == .notFound)
  }

  @Test func updatesAtOnceLoseNothing() async throws {
    let fixture = try Fixture()
    let id = try await fixture.create("db", [:]).id
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<20 {
        group.addTask { try await fixture.secrets.update(id, ["K\(number)": "v"]) }
      }
      try await group.waitForAll()
    }
    #expect(try await fixture.variables(id)?.count == 20)
  }

  @Test func aDeletedOneIsGone() async throws {
    let fixture = try Fixture()
    let id = try await fixture.create("db").id
    try await fixture.secrets.delete(id)
    #expect(await code { try await fixture.secrets.delete(id) } == .notFound)
    #expect(await code { _ = try await fixture.variables(id) } == .notFound)
    #expect(await code { _ = try await fixture.secrets.info(id) } == .notFound)
    try await fixture.create("db")
  }

  @Test func listsAreNewestFirstAndPagedByTime() async throws {
    let fixture = try Fixture()
    // The clock stands still: the times must differ all the same.
    for number in 0..<7 { try await fixture.create("s\(number)") }
    _ = try await fixture.secrets.createAnonymous(environment: "main", appID: nil, variables: [:])
    var names: [String] = []
    var before: Date?
    while true {
      let page = try await fixture.secrets.list(environment: "main", before: before, limit: 3)
      guard let last = page.last else { break }
      names += page.compactMap(\.name)
      before = Date(timeIntervalSince1970: last.createdAt.timeIntervalSince1970)
    }
    #expect(names == (0..<7).reversed().map { "s\($0)" })
  }

  @Test func useIsNoted() async throws {
    let fixture = try Fixture()
    let made = try await fixture.create("db")
    #expect(made.lastUsedAt == nil)
    fixture.pass(60)
    _ = try await fixture.variables(made.id)
    let used = try #require(try await fixture.secrets.info(made.id).lastUsedAt)
    #expect(Int(used.timeIntervalSince(made.createdAt)) == 60)
  }

  @Test(arguments: ["", "a b", "ä", String(repeating: "x", count: 64)])
  func someNamesCannotBe(name: String) async throws {
    let fixture = try Fixture()
    #expect(await code { try await fixture.create(name) } == .invalidArgument)
  }

  @Test(arguments: [
    ["": "v"], ["A=B": "v"], ["A\0": "v"], ["A": "hidden\0"],
    ["A": String(repeating: "hidden", count: 50_000)],
  ])
  func someVariablesCannotBeAndTheirValuesAreNotTold(variables: [String: String]) async throws {
    let fixture = try Fixture()
    let error = await #expect(throws: SandlotError.self) {
      try await fixture.create("s", variables)
    }
    #expect(error?.code == .invalidArgument)
    #expect(error?.description.contains("hidden") == false)
  }
}
