import Errors
import Images
import Machines
import Testing

@Suite struct BuildFailureTests {
  private let definition = ImageDefinition(Fixture.python, "RUN fine", "RUN a b")

  private func failure(
    limits: BuildLimits = .forTests, _ process: @escaping @Sendable () throws -> FakeProcess
  ) async throws -> String {
    var message: String?
    try await Fixture.with(
      limits: limits, script: { try $0.arguments.last == "fine" ? FakeProcess() : process() }
    ) { fixture in
      message = try await fixture.service.failure(of: definition)
      #expect(fixture.launcher.record.stops == fixture.launcher.record.requests.count)
    }
    return try #require(message)
  }

  @Test func theStepItsExitCodeAndItsLastLinesAreNamed() async throws {
    let lines = (1...30).map { "line \($0)\n" }.joined()
    let message = try await failure {
      FakeProcess(output: [Array(lines.utf8)], errors: [Array("oh no\n".utf8)], status: .code(7))
    }
    #expect(message.contains("Step 3/3 : RUN a b"))
    #expect(message.contains("exit code 7"))
    #expect(message.contains("oh no"))
    #expect(message.contains("line 30"))
    #expect(!message.contains("line 10\n"))
  }

  @Test func aSignalIsNamed() async throws {
    #expect(try await failure { FakeProcess(status: .signal(11)) }.contains("signal 11"))
    let killed = try await failure { FakeProcess(status: .outOfMemory(victim: "cc1plus")) }
    #expect(killed.contains("2048 MiB of memory") && killed.contains("'cc1plus'"))
  }

  @Test func aProgramThatIsMissingIsNamed() async throws {
    let message = try await failure { throw SandlotError(.invalidArgument, "No program a.") }
    #expect(message == "Step 3/3 : RUN a b\nfailed: No program a.")
  }

  @Test func aMachineThatDiesIsNamed() async throws {
    let message = try await failure {
      FakeProcess(failing: SandlotError(.notFound, "The machine has ended."))
    }
    #expect(message.contains("its machine failed: QEMU died of boredom."))
  }

  @Test func aFullDiskInsideIsHintedAt() async throws {
    let output = Array("cp: error writing 'x': No space left on device\n".utf8)
    let message = try await failure { FakeProcess(errors: [output], status: .code(1)) }
    #expect(message.contains("A file system in the build's machine was full."))
  }

  @Test func aFullHostIsSaidBeforeTheStep() async throws {
    var limits = BuildLimits.forTests
    limits.minimumFreeBytes = 1 << 60
    let message = try await failure(limits: limits) { FakeProcess() }
    #expect(message.contains("The disk is nearly full"))
  }

  @Test func theTimeLimitEndsTheMachine() async throws {
    var limits = BuildLimits.forTests
    limits.timeLimit = .milliseconds(50)
    let message = try await failure(limits: limits) { FakeProcess(status: nil) }
    #expect(message.contains("it took longer than the limit"))
  }

  @Test func outputThatAChildHoldsOpenDoesNotHoldTheBuild() async throws {
    try await Fixture.with(
      script: { _ in FakeProcess(output: [Array("daemon\n".utf8)], keepsOutputOpen: true) }
    ) { fixture in
      let image = try await fixture.service.build(definition)
      #expect(image.layers.count == 3)
    }
  }

  @Test func aFailedBuildIsTriedAgainUnderTheSameID() async throws {
    let attempts = Counter()
    try await Fixture.with(
      script: { command in
        guard command.arguments.last == "a b" else { return FakeProcess() }
        return FakeProcess(status: .code(attempts.next() == 1 ? 1 : 0))
      }
    ) { fixture in
      let first = try await fixture.service.getOrCreate(definition)
      guard case .failed? = try await fixture.service.outcome(first.id).1 else {
        Issue.record("the first build did not fail")
        return
      }
      let error = await #expect(throws: SandlotError.self) {
        try await fixture.service.image(first.id)
      }
      #expect(error?.code == .failedPrecondition)
      let second = try await fixture.service.getOrCreate(definition)
      #expect(second.id == first.id)
      #expect(second.state == .building)
      let (log, _) = try await fixture.service.outcome(first.id)
      #expect(log.contains("RUN fine (cached)"))
      #expect(try await fixture.service.image(first.id).layers.count == 3)
    }
  }
}
