import Foundation
import Store
import Testing

@Suite struct ImageTests {
  private let date = Date(timeIntervalSince1970: 1_700_000_000.5)

  @Test func aRowComesBackAsItWentIn() async throws {
    let store = try Store()
    var row = ImageRow(
      id: "im-1", key: "k", state: .built, parent: "im-0", layers: ["a", "b"], config: #"{"x":1}"#,
      warnings: ["w"], failure: nil, createdAt: date)
    try await store.save(row)
    #expect(try await store.image(id: "im-1") == row)
    row.state = .failed
    row.failure = "no"
    try await store.save(row)
    #expect(try await store.image(key: "k") == row)
    #expect(try await store.image(id: "im-2") == nil)
  }

  @Test func theNewestOfAKeyWins() async throws {
    let store = try Store()
    for id in ["im-1", "im-2"] {
      try await store.save(ImageRow(id: id, key: "k", state: .built, createdAt: date))
    }
    try await store.save(
      ImageRow(id: "im-0", key: "k", state: .built, createdAt: date.addingTimeInterval(-1)))
    #expect(try await store.image(key: "k")?.id == "im-2")
  }

  @Test func onlyUnfinishedImagesFail() async throws {
    let store = try Store()
    let states: [(String, ImageRow.State)] = [("a", .building), ("b", .built), ("c", .building)]
    for (id, state) in states {
      try await store.save(ImageRow(id: id, key: id, state: state, createdAt: date))
    }
    #expect(try await store.failUnfinishedImages("restart").sorted() == ["a", "c"])
    #expect(try await store.image(id: "a")?.failure == "restart")
    #expect(try await store.image(id: "b")?.state == .built)
    #expect(try await store.failUnfinishedImages("restart").isEmpty)
  }

  @Test func layersOfImagesAndStepsAreReferenced() async throws {
    let store = try Store()
    try await store.save(
      ImageRow(id: "im-1", key: "k", state: .built, layers: ["a", "b"], createdAt: date))
    try await store.save(Self.step(["a", "c"]))
    #expect(try await store.referencedLayers() == ["a", "b", "c"])
    try await store.save(Self.step(["a", "d"]))
    #expect(try await store.buildStep(key: "s")?.layers == ["a", "d"])
    try await store.removeBuildStep(key: "s")
    #expect(try await store.buildStep(key: "s") == nil)
    #expect(try await store.referencedLayers() == ["a", "b"])
  }

  private static func step(_ layers: [String]) -> BuildStepRow {
    BuildStepRow(
      key: "s", parent: "p", text: "RUN true", inputs: [.init(name: "command", digest: "d")],
      layers: layers, createdAt: Date(timeIntervalSince1970: 1000))
  }

  @Test func imagesKeepTheNamesTheyOnceHad() async throws {
    let store = try Store()
    for (image, name) in [("im-1", "a:1"), ("im-2", "a:1"), ("im-2", "b:1"), ("im-2", "b:1")] {
      try await store.publish(
        ImageRevisionRow(
          environment: "main", name: name, imageID: image, revision: UUID().uuidString,
          publishedAt: date, publishedBy: "me"))
    }
    #expect(
      try await store.namesOfImages() == [
        "im-1": ["main/a:1"], "im-2": ["main/a:1", "main/b:1"],
      ])
    _ = try await store.removeImageName("a:1", environment: "main")
    #expect(try await store.namesOfImages() == ["im-2": ["main/b:1"]])
  }
}
