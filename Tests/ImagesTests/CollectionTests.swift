import Errors
import Foundation
import Glibc
import Images
import Store
import Testing

@Suite struct CollectionTests {
  private func build(_ fixture: Fixture, _ step: String, base: String? = nil) async throws -> Image
  {
    try await fixture.service.build(
      ImageDefinition(base == nil ? Fixture.python : "FROM base", step, base: base))
  }

  @Test func whatNobodyHasUsedForLongGoes() async throws {
    try await Fixture.with { fixture in
      let old = try await build(fixture, "RUN old")
      fixture.time.advance(hours: 24 * 20)
      let new = try await build(fixture, "RUN new")
      fixture.time.advance(hours: 24 * 11)
      let removed = try await fixture.service.collect()
      #expect(removed.images == 1 && removed.cachedSteps == 1 && removed.layers == 1)
      #expect(removed.bytes > 0)
      let error = await #expect(throws: SandlotError.self) {
        try await fixture.service.image(old.id)
      }
      #expect(error?.code == .notFound)
      #expect(!fixture.layers.contains([try #require(old.layers.last?.lastComponent?.string)]))
      #expect(try await fixture.service.image(new.id) == new)
    }
  }

  @Test func askingForAnImageKeepsIt() async throws {
    try await Fixture.with { fixture in
      let image = try await build(fixture, "RUN a")
      for _ in 0..<4 {
        fixture.time.advance(hours: 24 * 20)
        #expect(try await build(fixture, "RUN a") == image)
        #expect(try await fixture.service.collect().images == 0)
      }
    }
  }

  @Test func whatIsUsedStays() async throws {
    try await Fixture.with { fixture in
      let image = try await build(fixture, "RUN a")
      fixture.uses.known.withLock { $0[image.id] = ["sandbox sb-1"] }
      fixture.time.advance(hours: 24 * 365)
      // The step's disk is forgotten; its layer stays for the image.
      #expect(try await fixture.service.collect().images == 0)
      #expect(try await fixture.service.image(image.id) == image)
      #expect(image.layers.allSatisfy { FileManager.default.fileExists(atPath: $0.string) })
      let error = await #expect(throws: SandlotError.self) {
        try await fixture.service.remove(image.id)
      }
      #expect(error?.code == .failedPrecondition)
      #expect(error?.message == "The image '\(image.id)' is used by sandbox sb-1.")
    }
  }

  @Test func beyondTheBudgetTheLeastRecentlyUsedGoes() async throws {
    try await Fixture.with { fixture in
      let first = try await build(fixture, "RUN 1")
      fixture.time.advance(hours: 1)
      let second = try await build(fixture, "RUN 2")
      // The budget of the fixture is 1 MiB.
      let file = try #require(first.layers.last)
      chmod(file.string, 0o600)
      try Data(count: 2 << 20).write(to: URL(filePath: file.string))
      fixture.time.advance(hours: 1)
      let removed = try await fixture.service.collect()
      #expect(removed.images == 1 && removed.bytes >= 2 << 20)
      #expect(try await fixture.service.image(second.id) == second)
    }
  }

  @Test func basesOfRegistriesGoToo() async throws {
    try await Fixture.with { fixture in
      func keep(_ key: String, _ source: BaseImageRow.Source) async throws -> String {
        let file = fixture.directory.appending(UUID().uuidString)
        try Data("disk".utf8).write(to: URL(filePath: file.string))
        let layer = try fixture.layers.adopt(file)
        try await fixture.store.save(
          BaseDiskRow(key: key, layer: layer, createdAt: fixture.time.now))
        try await fixture.store.save(
          BaseImageRow(
            id: "image \(key)", reference: key, source: source, config: "{}",
            layers: [.init(digest: "d", diffID: key, size: 1)], createdAt: fixture.time.now))
        return layer
      }
      let pulled = try await keep("sha256:pulled", .registry)
      let imported = try await keep("sha256:imported", .imported)
      fixture.time.advance(hours: 24)
      #expect(try await fixture.service.collect().layers == 0)
      fixture.time.advance(hours: 24 * 31)
      #expect(try await fixture.service.collect().layers == 1)
      #expect(!fixture.layers.contains([pulled]) && fixture.layers.contains([imported]))
    }
  }

  @Test func whatWasUsedJustNowStays() async throws {
    try await Fixture.with { fixture in
      _ = try await build(fixture, "RUN a")
      #expect(try await fixture.service.collect(unusedFor: 0) == ImageCollection())
      fixture.time.advance(hours: 1)
      #expect(try await fixture.service.collect(unusedFor: 0).images == 1)
    }
  }

  @Test func aRemovedImageLeavesWhatOthersHave() async throws {
    try await Fixture.with { fixture in
      let parent = try await build(fixture, "RUN parent")
      let child = try await build(fixture, "RUN child", base: parent.id)
      let other = try await build(fixture, "RUN other", base: parent.id)
      let removed = try await fixture.service.remove(child.id)
      #expect(
        removed == ImageCollection(images: 1, cachedSteps: 1, layers: 1, bytes: removed.bytes))
      #expect(try await fixture.service.image(other.id) == other)
      #expect(other.layers.allSatisfy { FileManager.default.fileExists(atPath: $0.string) })
      let again = try await build(fixture, "RUN child", base: parent.id)
      #expect(again.id != child.id && again.layers[..<2] == child.layers[..<2])
    }
  }

  @Test func removingAnImageStopsItsBuild() async throws {
    let script: FakeLauncher.Script = { _ in FakeProcess(status: nil) }
    try await Fixture.with(script: script) { fixture in
      let summary = try await fixture.service.getOrCreate(
        ImageDefinition(Fixture.python, "RUN forever"))
      for await _ in fixture.launcher.started { break }
      #expect(try await fixture.service.remove(summary.id).images == 1)
      #expect(fixture.launcher.record.stops == 1)
    }
  }

  @Test func theOverviewSaysWhatAnImageAloneTakes() async throws {
    try await Fixture.with { fixture in
      let parent = try await build(fixture, "RUN parent")
      let child = try await build(fixture, "RUN child", base: parent.id)
      let overview = try await fixture.service.overview()
      let images = Dictionary(uniqueKeysWithValues: overview.images.map { ($0.row.id, $0) })
      #expect(images[parent.id]?.ownBytes == 0)
      let own = try #require(images[child.id])
      #expect(0 < own.ownBytes && own.ownBytes < own.bytes && own.bytes <= overview.totalBytes)
      #expect(own.text == "RUN child" && overview.cachedSteps == 2)
      let details = try await fixture.service.details(child.id)
      #expect(details.layers.map(\.images) == [2, 2, 1])
    }
  }
}
