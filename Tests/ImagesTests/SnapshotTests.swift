import Errors
import Foundation
import Images
import SystemPackage
import Testing

@Suite struct SnapshotTests {
  /// Keeps a frozen disk of the sandbox `sb-1`.
  private func keep(
    _ id: String, over layers: [String], of image: Image, _ fixture: Fixture,
    expiresAt: Date? = nil
  ) async throws -> (image: String, layer: String) {
    let frozen = fixture.directory.appending("machines/frozen-\(id)")
    try Data(id.utf8).write(to: URL(fileURLWithPath: frozen.string))
    let kept = try await fixture.service.keepSnapshot(
      frozen,
      SnapshotOrigin(
        snapshotID: id, sandboxID: "sb-1", imageID: image.id, layers: layers,
        expiresAt: expiresAt))
    return (kept.imageID, try #require(kept.layer.lastComponent?.string))
  }

  private func names(_ image: Image) -> [String] {
    image.layers.compactMap { $0.lastComponent?.string }
  }

  @Test func itHasTheConfigurationAndTheLayers() async throws {
    try await Fixture.with { fixture in
      let base = try await fixture.service.build(
        ImageDefinition(Fixture.python, "RUN a", "ENV A=1", "WORKDIR /w", "CMD [\"x\"]"))
      let kept = try await keep("a", over: names(base), of: base, fixture)
      let image = try await fixture.service.image(kept.image)
      #expect(image.config == base.config)
      #expect(names(image) == names(base) + [kept.layer])
      #expect(try await fixture.service.image(ofSnapshot: "a") == kept.image)
      #expect(try await fixture.service.image(ofSnapshot: "b") == nil)
    }
  }

  @Test func itIsNoUseOnceItsTimeIsOver() async throws {
    try await Fixture.with { fixture in
      let base = try await fixture.service.build(ImageDefinition(Fixture.python, "RUN a"))
      let expiry = fixture.time.now.addingTimeInterval(3600)
      let kept = try await keep("a", over: names(base), of: base, fixture, expiresAt: expiry)
      _ = try await fixture.service.image(kept.image)
      #expect(try await fixture.service.collect().images == 0)
      fixture.time.advance(hours: 2)
      let error = await #expect(throws: SandlotError.self) {
        try await fixture.service.image(kept.image)
      }
      #expect(error?.code == .notFound && error?.message.contains("expired") == true)
      let removed = try await fixture.service.collect()
      #expect(removed.images == 1 && removed.layers == 1)
      #expect(!fixture.layers.contains([kept.layer]))
    }
  }

  @Test func oneWithoutAnEndOutlivesWhatNobodyUses() async throws {
    try await Fixture.with { fixture in
      let base = try await fixture.service.build(ImageDefinition(Fixture.python, "RUN a"))
      let kept = try await keep("a", over: names(base), of: base, fixture)
      fixture.time.advance(hours: 24 * 365)
      // The image that it began as goes; the layers that they share stay.
      #expect(try await fixture.service.collect().images == 1)
      let image = try await fixture.service.image(kept.image)
      #expect(image.layers.allSatisfy { FileManager.default.fileExists(atPath: $0.string) })
    }
  }

  @Test func whatARunningSandboxNeedsStays() async throws {
    try await Fixture.with { fixture in
      let base = try await fixture.service.build(ImageDefinition(Fixture.python, "RUN a"))
      let first = try await keep("a", over: names(base), of: base, fixture)
      let disk = names(base) + [first.layer]
      fixture.service.hold(fixture.layers.paths(disk), for: "sb-1")
      _ = try await fixture.service.remove(first.image)
      #expect(fixture.layers.contains([first.layer]))
      let second = try await keep("b", over: disk, of: base, fixture)
      #expect(names(try await fixture.service.image(second.image)) == disk + [second.layer])
      fixture.service.hold(fixture.layers.paths(disk + [second.layer]), for: "sb-1")
      // The second one has it now; with both gone it goes with the sandbox.
      _ = try await fixture.service.remove(second.image)
      for _ in 0..<2 { #expect(try await fixture.service.collect().layers == 0) }
      await fixture.service.release("sb-1")
      // What is found unneeded goes when it still is the next time.
      #expect(try await fixture.service.collect().layers == 0)
      #expect(try await fixture.service.collect().layers == 2)
      #expect(!fixture.layers.contains([first.layer]))
    }
  }
}
