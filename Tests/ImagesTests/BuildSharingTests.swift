import Errors
import Images
import Testing

@Suite struct BuildSharingTests {
  private let definition = ImageDefinition(Fixture.python, "RUN a")

  @Test func concurrentCallersShareOneBuild() async throws {
    let gate = Gate()
    try await Fixture.with(
      script: { _ in
        await gate.wait()
        return FakeProcess()
      }
    ) { fixture in
      let ids = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<20 {
          group.addTask { try await fixture.service.getOrCreate(definition).id }
        }
        return try await group.reduce(into: Set()) { $0.insert($1) }
      }
      #expect(ids.count == 1)
      let id = try #require(ids.first)
      #expect(try await fixture.service.summary(id).state == .building)
      await gate.open()
      _ = try await fixture.service.outcome(id)
      #expect(fixture.launcher.record.requests.count == 1)
      let again = try await fixture.service.getOrCreate(definition)
      #expect(again.id == id)
      #expect(again.state == .built(try await fixture.service.image(id)))
      #expect(fixture.launcher.record.requests.count == 1)
    }
  }

  @Test func aForcedBuildTakesTheOldOnesPlace() async throws {
    try await Fixture.with { fixture in
      let old = try await fixture.service.build(definition)
      let forced = try await fixture.service.getOrCreate(definition, forceBuild: true)
      #expect(forced.id != old.id)
      _ = try await fixture.service.outcome(forced.id)
      #expect(fixture.launcher.record.commands.count == 2)
      #expect(try await fixture.service.getOrCreate(definition).id == forced.id)
      #expect(try await fixture.service.image(forced.id).layers != old.layers)
    }
  }

  @Test func aBuildThatIgnoresTheCacheIsNobodyElses() async throws {
    try await Fixture.with { fixture in
      let old = try await fixture.service.build(definition)
      let own = try await fixture.service.getOrCreate(definition, ignoreCache: true)
      _ = try await fixture.service.outcome(own.id)
      #expect(fixture.launcher.record.commands.count == 2)
      #expect(try await fixture.service.getOrCreate(definition).id == old.id)
      let other = try await fixture.service.build(ImageDefinition(Fixture.python, "RUN a", "RUN b"))
      #expect(other.layers.prefix(2) == old.layers.prefix(2))
    }
  }

  @Test func layersThatAreGoneAreBuiltAgain() async throws {
    try await Fixture.with { fixture in
      let old = try await fixture.service.build(definition)
      try await fixture.layers.collectGarbage(referenced: [])
      let new = try await fixture.service.build(definition)
      #expect(new.id == old.id)
      #expect(new.layers.last != old.layers.last)
    }
  }

  @Test func aChainThatIsTooDeepIsSquashed() async throws {
    var limits = BuildLimits.forTests
    limits.maximumDepth = 2
    try await Fixture.with(limits: limits) { fixture in
      // The fake's layers are no qcow2 files: the refusal shows that they were to be squashed.
      let deep = ImageDefinition(Fixture.python, "RUN a", "RUN b")
      let summary = try await fixture.service.getOrCreate(deep)
      let (log, state) = try await fixture.service.outcome(summary.id)
      #expect(log.contains("Squashing 3 layers"))
      guard case .failed(let failure)? = state else {
        Issue.record("files that are no qcow2 were squashed")
        return
      }
      #expect(failure.message.contains("is no qcow2 image"))
    }
  }
}
