import Errors
import Foundation
import Sandboxes
import Store
import Testing

@Suite struct FindTests {
  @Test func listsNewestFirstAndPages() async throws {
    let harness = try Harness()
    var ids: [String] = []
    for _ in 0..<5 { ids.insert(try await harness.sandboxes.create(.sample()).id, at: 0) }
    var pages: [[String]] = []
    var before: Date?
    while true {
      let page = try await harness.sandboxes.list(before: before, limit: 2)
      guard let last = page.last else { break }
      pages.append(page.map(\.id))
      before = last.createdAt
    }
    #expect(pages == [Array(ids[0..<2]), Array(ids[2..<4]), [ids[4]]])
  }

  @Test func pagesThroughMoreThanAPageOfTheUsualSize() async throws {
    let harness = try Harness()
    var ids: Set<String> = []
    let text = String(
      decoding: try JSONEncoder().encode(SandboxSpecification.sample()), as: UTF8.self)
    for number in 0..<250 {
      let row = SandboxRow(
        id: "sb-\(number)", taskID: "ta-\(number)", appID: "ap-1", specification: text,
        createdAt: Date(timeIntervalSince1970: 1_000_000 + Double(number) / 1_000_000))
      try await harness.store.insertSandbox(row)
    }
    var sizes: [Int] = []
    var before: Date?
    repeat {
      let page = try await harness.sandboxes.list(appID: "ap-1", before: before)
      sizes.append(page.count)
      ids.formUnion(page.map(\.id))
      // As it comes back from the wire.
      before = page.last.map { Date(timeIntervalSince1970: $0.createdAt.timeIntervalSince1970) }
    } while sizes.last != 0
    #expect(sizes == [100, 100, 50, 0])
    #expect(ids.count == 250)
  }

  @Test func listsByEnvironment() async throws {
    let harness = try Harness()
    try await harness.store.insert(EnvironmentRow(id: "en-1", name: "dev", createdAt: Date()))
    for (id, environment) in [("ap-1", "main"), ("ap-2", "dev")] {
      try await harness.store.insert(
        AppRow(
          id: id, name: id, environment: environment, description: "", state: .deployed,
          createdAt: Date()))
    }
    let main = try await harness.sandboxes.create(.sample()).id
    let dev = try await harness.sandboxes.create(.sample { $0.appID = "ap-2" }).id
    #expect(try await harness.sandboxes.list(environment: "main").map(\.id) == [main])
    #expect(try await harness.sandboxes.list(environment: "dev").map(\.id) == [dev])
    #expect(await harness.sandboxes.countsByApp() == ["ap-1": 1, "ap-2": 1])
  }

  @Test func listsByAppTagsAndState() async throws {
    let harness = try Harness()
    let done = try await harness.start(.sample { $0.tags = ["k": "v"] })
    let plain = try await harness.sandboxes.create(.sample()).id
    let tagged = try await harness.sandboxes.create(
      .sample { $0.tags = ["k": "v", "a.b\"c": "1"] }
    ).id
    let other = try await harness.sandboxes.create(.sample { $0.appID = "ap-2" }).id
    try await harness.sandboxes.terminate(done.info.id)
    let sandboxes = harness.sandboxes
    #expect(try await Set(sandboxes.list().map(\.id)) == [plain, tagged, other])
    #expect(try await Set(sandboxes.list(appID: "ap-1").map(\.id)) == [plain, tagged])
    #expect(try await sandboxes.list(tags: ["k": "v"]).map(\.id) == [tagged])
    #expect(try await sandboxes.list(tags: ["a.b\"c": "1", "k": "v"]).map(\.id) == [tagged])
    #expect(try await sandboxes.list(tags: ["k": "other"]).isEmpty)
    let all = try await sandboxes.list(appID: "ap-1", includeFinished: true, tags: ["k": "v"])
    #expect(all.map(\.id) == [tagged, done.info.id])
  }

  @Test func findsByName() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start(.sample { $0.name = "box" })
    let sandboxes = harness.sandboxes
    #expect(try await sandboxes.find(name: "box", appID: "ap-1").id == sandbox.info.id)
    let wrongApp = try await error { _ = try await sandboxes.find(name: "box", appID: "ap-2") }
    #expect(wrongApp.code == .notFound)
    try await sandboxes.terminate(sandbox.info.id)
    let ended = try await error { _ = try await sandboxes.find(name: "box", appID: "ap-1") }
    #expect(ended.code == .notFound)
    let found = try await sandboxes.find(name: "box", appID: "ap-1", includeFinished: true)
    #expect(found.id == sandbox.info.id)
  }

  @Test func replacesTags() async throws {
    let harness = try Harness()
    let info = try await harness.sandboxes.create(.sample { $0.tags = ["a": "1"] })
    try await harness.sandboxes.setTags(["b": "2"], of: info.id)
    #expect(try await harness.sandboxes.tags(info.id) == ["b": "2"])
    let unknown = try await error { try await harness.sandboxes.setTags([:], of: "sb-none") }
    #expect(unknown.code == .notFound)
  }

  @Test func namesWhatIsUnknown() async throws {
    let sandboxes = try Harness().sandboxes
    let errors = [
      try await error { _ = try await sandboxes.info("sb-none") },
      try await error { _ = try await sandboxes.info(taskID: "ta-none") },
      try await error { _ = try await sandboxes.wait("sb-none", timeout: .zero) },
      try await error { try await sandboxes.terminate("sb-none") },
      try await error { _ = try await sandboxes.pollExec(taskID: "ta-none", execID: "e") },
    ]
    for error in errors {
      #expect(error.code == .notFound)
      #expect(error.message.contains("-none does not exist."))
    }
  }

  @Test func endsWhatAnEarlierRunLeft() async throws {
    let harness = try Harness()
    let running = try await harness.start()
    let finished = try await harness.start()
    try await harness.sandboxes.terminate(finished.info.id)
    let next = try Harness(store: harness.store)
    let sentences = try await next.sandboxes.recoverAfterRestart()
    #expect(sentences.count == 1)
    #expect(sentences.first?.contains(running.info.id) == true)
    let result = try #require(try await next.sandboxes.info(running.info.id).result)
    #expect(result.status == .terminated)
    #expect(result.message == "The server was restarted.")
    #expect(try await next.sandboxes.recoverAfterRestart().isEmpty)
    let log = try await next.sandboxes.logs.newest(10, .app("ap-1")).flatMap(\.entries)
    #expect(log.last?.hasSuffix("terminated, code 137. The server was restarted.\n") == true)
  }
}
