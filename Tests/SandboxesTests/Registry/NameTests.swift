import Errors
import Sandboxes
import Testing

@Suite struct NameTests {
  @Test func aNameIsGivenOnce() async throws {
    let harness = try Harness()
    let sandboxes = harness.sandboxes
    let sandbox = try await harness.start()
    try await sandboxes.setName("box", of: sandbox.info.id)
    try await sandboxes.setName("box", of: sandbox.info.id)
    #expect(try await sandboxes.find(name: "box", appID: "ap-1").id == sandbox.info.id)
    let other = try await error { try await sandboxes.setName("other", of: sandbox.info.id) }
    #expect(other.code == .failedPrecondition && other.message.contains("'box'"))
  }

  @Test func aNameOfCreationIsForLifeToo() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start(.sample { $0.name = "box" })
    try await harness.sandboxes.setName("box", of: sandbox.info.id)
    let other = try await error {
      try await harness.sandboxes.setName("other", of: sandbox.info.id)
    }
    #expect(other.code == .failedPrecondition)
  }

  @Test func aNameIsUniqueAmongTheRunningOnesOfAnApp() async throws {
    let harness = try Harness()
    let sandboxes = harness.sandboxes
    let first = try await harness.start(.sample { $0.name = "box" })
    let second = try await harness.start()
    let elsewhere = try await harness.start(.sample { $0.appID = "ap-2" })
    let taken = try await error { try await sandboxes.setName("box", of: second.info.id) }
    #expect(taken.code == .alreadyExists && taken.message.contains(first.info.id))
    try await sandboxes.setName("box", of: elsewhere.info.id)
    try await sandboxes.terminate(first.info.id)
    try await sandboxes.setName("box", of: second.info.id)
    let third = try await error {
      _ = try await sandboxes.create(.sample { $0.name = "box" })
    }
    #expect(third.code == .alreadyExists)
    try await sandboxes.terminate(second.info.id)
    _ = try await sandboxes.create(.sample { $0.name = "box" })
  }

  @Test func theRunningOneIsFoundBeforeAYoungerThatHasEnded() async throws {
    let harness = try Harness()
    let sandboxes = harness.sandboxes
    let older = try await harness.start()
    let younger = try await harness.start(.sample { $0.name = "box" })
    try await sandboxes.terminate(younger.info.id)
    try await sandboxes.setName("box", of: older.info.id)
    let found = try await sandboxes.find(name: "box", appID: "ap-1", includeFinished: true)
    #expect(found.id == older.info.id)
  }

  @Test func whatHasEndedOrIsUnknownGetsNoName() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    try await harness.sandboxes.terminate(sandbox.info.id)
    let ended = try await error { try await harness.sandboxes.setName("a", of: sandbox.info.id) }
    #expect(ended.code == .failedPrecondition)
    let unknown = try await error { try await harness.sandboxes.setName("a", of: "sb-none") }
    #expect(unknown.code == .notFound)
  }

  @Test(arguments: ["", "a b", "ü", String(repeating: "x", count: 64)])
  func someNamesCannotBe(name: String) async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    let failure = try await error { try await harness.sandboxes.setName(name, of: sandbox.info.id) }
    #expect(failure.code == .invalidArgument)
  }
}
