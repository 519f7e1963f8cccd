import Dockerfile
import Foundation
import Images
import Store
import Testing

@Suite struct ExplanationTests {
  /// The steps of an image that is built from these lines.
  private func steps(
    _ fixture: Fixture, _ commands: [String], secrets: [String: String] = [:], force: Bool = false
  ) async throws -> [ImageRow.Step] {
    let definition = ImageDefinition(
      commands: [Fixture.python] + commands, secrets: secrets, builderVersion: "2025.06")
    let summary = try await fixture.service.getOrCreate(definition, forceBuild: force)
    _ = try await fixture.service.outcome(summary.id)
    let steps = try await fixture.service.details(summary.id).overview.row.steps
    #expect(steps.first?.text == Fixture.python && steps.first?.number == 1)
    return Array(steps.dropFirst())
  }

  @Test func everyStepSaysWhatBecameOfIt() async throws {
    try await Fixture.with { fixture in
      let first = try await steps(fixture, ["RUN a", "ENV X=y", "RUN b"])
      #expect(first.map(\.outcome) == [.executed, .configured, .executed])
      #expect(first.map(\.number) == [2, 3, 4])
      #expect(first[0].reason == "it was never executed before")
      #expect(first[2].reason == "a step before it was executed")
      #expect(first[0].seconds != nil)
      let second = try await steps(fixture, ["RUN a", "ENV X=y", "RUN c"])
      #expect(second.map(\.outcome) == [.cached, .configured, .executed])
      #expect(second[2].reason == "the step is new here; last time “RUN b” followed")
    }
  }

  @Test func stepsThatOnlyConfigureAreToldAfterCachedOnesToo() async throws {
    try await Fixture.with { fixture in
      _ = try await steps(fixture, ["RUN a"])
      let second = try await steps(fixture, ["RUN a", "LABEL x=y", "CMD z"])
      #expect(second.map(\.outcome) == [.cached, .configured, .configured])
      #expect(second.map(\.number) == [2, 3, 4])
    }
  }

  @Test func whatChangedIsNamed() async throws {
    try await Fixture.with { fixture in
      _ = try await steps(fixture, ["RUN a"])
      let secret = try await steps(fixture, ["RUN a"], secrets: ["TOKEN": "1"])
      #expect(
        secret[0].reason == "changed since it was last executed: the names of the secrets")
      let environment = try await steps(fixture, ["ENV X=y", "RUN a"])
      #expect(environment[1].reason == "changed since it was last executed: the environment")
      let user = try await steps(fixture, ["USER nobody", "RUN a"])
      #expect(user[1].reason == "changed since it was last executed: the user")
    }
  }

  @Test func anotherDiskBelowIsNamed() async throws {
    try await Fixture.with { fixture in
      _ = try await steps(fixture, ["RUN a", "RUN b"])
      let moved = try await steps(fixture, ["RUN b"])
      #expect(moved[0].reason == "the step is new here; last time “RUN a” followed")
    }
  }

  @Test func aForcedBuildSaysSo() async throws {
    try await Fixture.with { fixture in
      _ = try await steps(fixture, ["RUN a"])
      let forced = try await steps(fixture, ["RUN a"], force: true)
      #expect(forced[0].reason == "the build was forced: all steps are executed")
    }
  }
}
