import Dockerfile
import Errors
import Foundation
import Images
import Machines
import Testing

@Suite struct StageTests {
  private static let build = [
    "FROM python:3.11-slim-bookworm AS tools", "RUN make", "FROM python:3.11-slim-bookworm AS docs",
    "RUN write", "FROM python:3.11-slim-bookworm", "COPY --from=tools /out /opt", "RUN check",
  ]

  private func definition(_ commands: [String]) -> ImageDefinition {
    ImageDefinition(commands: commands, builderVersion: "2025.06")
  }

  private func request(_ command: MachineCommand) throws -> [String: Any] {
    let data = Data(try #require(command.arguments.last).utf8)
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test func onlyTheStagesThatAreNeededAreBuiltOneAfterAnother() async throws {
    try await Fixture.with { fixture in
      let image = try await fixture.service.build(definition(Self.build))
      let record = fixture.launcher.record
      #expect(record.requests.count == 2 && record.stops == 2)
      #expect(
        record.commands.map { $0.arguments[0] } == [
          "/bin/sh", "/__modal/.bin/sandlot-copy", "/bin/sh",
        ])
      #expect(record.commands.map { $0.arguments.last }.contains("write") == false)
      let stage = fixture.layers.paths(
        record.requests[1].layers.compactMap { $0.lastComponent?.string })
      #expect(image.layers.count == stage.count + 2)
    }
  }

  @Test func aCopyTakesItsFilesFromTheStagesDisk() async throws {
    try await Fixture.with { fixture in
      _ = try await fixture.service.build(definition(Self.build))
      let record = fixture.launcher.record
      guard case .layers(let layers)? = record.files.first else {
        Issue.record("no disk of layers")
        return
      }
      // The base and the layer of the stage's RUN.
      #expect(layers.count == 2 && record.files.count == 1)
      let request = try request(record.commands[1])
      #expect(request["source_root"] as? String == FilesDisk.directory)
      #expect(request["destination"] as? String == "/opt")
      #expect(request["from_context"] as? Bool == false)
    }
  }

  @Test func aStageThatIsCachedIsNotBuilt() async throws {
    try await Fixture.with { fixture in
      _ = try await fixture.service.build(definition(Self.build))
      var changed = Self.build
      changed[6] = "RUN other"
      _ = try await fixture.service.build(definition(changed))
      let record = fixture.launcher.record
      #expect(record.requests.count == 3)
      #expect(record.commands.last?.arguments.last == "other")
    }
  }

  @Test func filesOfTheContextDecideWhetherACopyIsCached() async throws {
    try await Fixture.with { fixture in
      func build(a: UInt8, b: UInt8) async throws -> Int {
        let definition = ImageDefinition(
          commands: [Fixture.python, "COPY a.txt /a.txt"],
          contextFiles: [(name: "/a.txt", data: [a]), (name: "/b.txt", data: [b])],
          builderVersion: "2025.06")
        _ = try await fixture.service.build(definition)
        return fixture.launcher.record.snapshots
      }
      let first = try await build(a: 1, b: 1)
      // What the copy does not take does not matter.
      let unrelated = try await build(a: 1, b: 2)
      let changed = try await build(a: 2, b: 2)
      #expect(first == 1 && unrelated == 1 && changed == 2)
      guard case .archive? = fixture.launcher.record.files.first else {
        Issue.record("no archive")
        return
      }
    }
  }

  @Test func aFailingCopyNamesItself() async throws {
    let script: FakeLauncher.Script = { _ in
      FakeProcess(errors: [Array("no such file: x\n".utf8)], status: .code(1))
    }
    try await Fixture.with(script: script) { fixture in
      let failure = try await fixture.service.failure(
        of: definition(
          Self.build.suffix(0) + [
            Fixture.python, "COPY <<x /x", "content", "x",
          ]))
      #expect(failure?.contains("COPY") == true && failure?.contains("no such file: x") == true)
    }
  }
}
