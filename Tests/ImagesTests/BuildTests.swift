import Errors
import GuestProtocol
import Images
import Machines
import Testing

@Suite struct BuildTests {
  @Test func stepsRunInOneMachineAndLeaveALayerEach() async throws {
    try await Fixture.with { fixture in
      let image = try await fixture.service.build(
        ImageDefinition(
          Fixture.python, "ENV A=1", "WORKDIR /w", "RUN one", "USER app", "RUN [\"two\", \"x\"]",
          "CMD [\"c\"]", secrets: ["TOKEN": "t"]))
      let record = fixture.launcher.record
      #expect(record.requests.count == 1)
      #expect(record.requests.first?.layers.count == 1)
      #expect(record.requests.first?.memoryMiB == 2048)
      #expect(record.requests.first?.network == .outbound)
      #expect(record.stops == 1)
      #expect(record.commands.map(\.arguments) == [["/bin/sh", "-c", "one"], ["two", "x"]])
      let first = try #require(record.commands.first)
      #expect(first.environment.contains("A=1"))
      #expect(first.environment.contains("TOKEN=t"))
      #expect(first.workingDirectory == "/w")
      #expect(first.createsWorkingDirectory)
      #expect(first.standardInput == .null)
      #expect(record.commands.map(\.user) == ["", "app"])
      #expect(image.layers.count == 3)
      #expect(image.layers.first == record.requests.first?.layers.first)
      #expect(image.config.cmd == ["c"])
      #expect(image.config.env.value(of: "TOKEN") == nil)
      #expect(image.warnings.count == 1)
    }
  }

  @Test func aWorkingDirectoryThatNoCommandStartsInIsMade() async throws {
    try await Fixture.with { fixture in
      let image = try await fixture.service.build(
        ImageDefinition(
          Fixture.python, "WORKDIR /a", "WORKDIR b", "WORKDIR /c", "RUN one", "WORKDIR /d"))
      let commands = fixture.launcher.record.commands
      #expect(commands.count == 3)
      #expect(commands.first?.arguments.first == "/__modal/.bin/modal-sandbox-fs-tools")
      let argument = try #require(commands.first?.arguments.last)
      #expect(argument.contains("MakeDirectory") && argument.contains("true"))
      #expect(commands.last?.workingDirectory == "/c")
      #expect(image.config.workingDirectory == "/d")
      #expect(image.layers.count == 2)
    }
  }

  @Test func aConfigurationNeedsNoMachine() async throws {
    try await Fixture.with { fixture in
      let summary = try await fixture.service.getOrCreate(
        ImageDefinition(Fixture.python, "ENV A=1", "LABEL l=m"))
      guard case .built(let image) = summary.state else {
        Issue.record("it is not built: \(summary.state)")
        return
      }
      #expect(image.config.env.value(of: "A") == "1")
      #expect(fixture.launcher.record.requests.isEmpty)
      let (log, state) = try await fixture.service.outcome(summary.id)
      #expect(log.contains("Step 2/3 : ENV A=1\n"))
      #expect(state == summary.state)
    }
  }

  @Test func aChangedLastStepReusesTheLayersBefore() async throws {
    try await Fixture.with { fixture in
      let one = try await fixture.service.build(
        ImageDefinition(Fixture.python, "RUN a", "RUN b", "RUN c"))
      let summary = try await fixture.service.getOrCreate(
        ImageDefinition(Fixture.python, "RUN a", "RUN b", "RUN d"))
      #expect(summary.id != one.id)
      let (log, _) = try await fixture.service.outcome(summary.id)
      let two = try await fixture.service.image(summary.id)
      #expect(two.layers.prefix(3) == one.layers.prefix(3))
      #expect(two.layers.last != one.layers.last)
      #expect(fixture.launcher.record.commands.map { $0.arguments.last } == ["a", "b", "c", "d"])
      #expect(log.contains("Step 3/4 : RUN b (cached)\n"))
      #expect(log.contains("Step 4/4 : RUN d\n"))
    }
  }

  @Test func aParentIsNamedByItsTag() async throws {
    try await Fixture.with { fixture in
      let parent = try await fixture.service.build(
        ImageDefinition(Fixture.python, "ENV A=1", "RUN a"))
      let child = try await fixture.service.build(
        ImageDefinition("FROM base", "RUN b", base: parent.id))
      #expect(child.layers.prefix(2) == parent.layers.prefix(2))
      #expect(child.layers.count == 3)
      #expect(child.config.env.value(of: "A") == "1")
      #expect(child.warnings.isEmpty)
      #expect(fixture.launcher.record.requests.last?.layers == parent.layers)
      let error = await #expect(throws: SandlotError.self) {
        try await fixture.service.getOrCreate(ImageDefinition("FROM base", base: "im-none"))
      }
      #expect(error?.code == .notFound)
    }
  }

  @Test func aWrongDockerfileIsRefusedBeforeAnythingIsKept() async throws {
    try await Fixture.with { fixture in
      let wrong: [(ImageDefinition, SandlotError.Code)] = [
        (ImageDefinition("RUN a"), .invalidArgument), (ImageDefinition(), .invalidArgument),
        (ImageDefinition(Fixture.python, "RNU a"), .invalidArgument),
        (ImageDefinition(Fixture.python, "ONBUILD RUN a"), .unimplemented),
        (ImageDefinition("FROM ubuntu:24.04", "RUN a"), .failedPrecondition),
      ]
      for (definition, code) in wrong {
        let error = await #expect(throws: SandlotError.self) {
          try await fixture.service.getOrCreate(definition)
        }
        #expect(error?.code == code, "\(definition.commands)")
      }
      let layers = try await fixture.store.referencedLayers()
      #expect(layers.isEmpty)
      #expect(fixture.launcher.record.requests.isEmpty)
    }
  }
}
