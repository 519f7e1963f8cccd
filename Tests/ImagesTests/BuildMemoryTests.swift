import Errors
import Images
import Machines
import Testing

@Suite(.timeLimit(.minutes(1))) struct BuildMemoryTests {
  private let definition = ImageDefinition(Fixture.python, "RUN a")

  @Test func aBuildHoldsItsMemoryWhileItsMachineRuns() async throws {
    let gate = Gate()
    try await Fixture.with(
      script: { _ in
        await gate.wait()
        return FakeProcess()
      }
    ) { fixture in
      let id = try await fixture.service.getOrCreate(definition).id
      for await _ in fixture.launcher.started { break }
      #expect(fixture.memory.balance().holders == [id: 2048])
      await gate.open()
      _ = try await fixture.service.outcome(id)
      #expect(fixture.memory.balance().holders.isEmpty)
    }
  }

  @Test func aFailedBuildGivesItBack() async throws {
    try await Fixture.with(script: { _ in FakeProcess(status: .code(1)) }) { fixture in
      _ = try #require(try await fixture.service.failure(of: definition))
      #expect(fixture.memory.balance().promisedMiB == 0)
    }
  }

  @Test func withoutRoomItWaitsAndSaysSo() async throws {
    try await Fixture.with { fixture in
      try fixture.memory.reserve(4096, for: "sb-a")
      let id = try await fixture.service.getOrCreate(definition).id
      var log = ""
      for await event in try await fixture.service.buildEvents(id) {
        guard case .log(_, let piece) = event else { continue }
        log += piece.text
        if piece.text.hasPrefix("Waiting for memory") { fixture.memory.release("sb-a") }
      }
      #expect(log.contains("Waiting for memory, 600 s at most."))
      #expect(log.contains("4096 of the 4096 MiB"))
      #expect(log.contains("sb-a holds 4096"))
      _ = try await fixture.service.image(id)
    }
  }

  @Test func itWaitsNoLongerThanItMay() async throws {
    var limits = BuildLimits.forTests
    limits.memoryPatience = .milliseconds(10)
    try await Fixture.with(limits: limits) { fixture in
      try fixture.memory.reserve(4000, for: "sb-a")
      let message = try await fixture.service.failure(of: definition)
      #expect(message?.contains("sb-a holds 4000") == true)
      #expect(fixture.launcher.record.requests.isEmpty)
      #expect(fixture.memory.balance().holders == ["sb-a": 4000])
    }
  }
}
