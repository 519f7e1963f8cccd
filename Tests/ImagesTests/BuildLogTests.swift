import Errors
import Images
import Testing

@Suite struct BuildLogTests {
  private let definition = ImageDefinition(Fixture.python, "RUN a")

  @Test func outputComesWhileTheStepRuns() async throws {
    try await Fixture.with(
      script: { _ in FakeProcess(output: [Array("hello\n".utf8)], status: nil) }
    ) { fixture in
      let id = try await fixture.service.getOrCreate(definition).id
      for _ in 0..<2 {
        for await event in try await fixture.service.buildEvents(id) {
          if case .log(_, let log) = event, log.text == "hello\n" {
            #expect(log.stream == .standardOutput)
            break
          }
        }
      }
      #expect(try await fixture.service.summary(id).state == .building)
    }
  }

  @Test func aCharacterIsNotTornApart() async throws {
    let bytes = Array("aé€😀z".utf8)
    try await Fixture.with(
      script: { _ in FakeProcess(output: bytes.map { [$0] } + [[0xE2, 0x82]]) }
    ) { fixture in
      let id = try await fixture.service.getOrCreate(definition).id
      #expect(try await fixture.service.outcome(id).log.contains("\naé€😀z\u{FFFD}Step 2 took "))
    }
  }

  @Test func aReaderGoesOnWhereItLeftOff() async throws {
    try await Fixture.with(
      script: { _ in FakeProcess(output: [Array("one\n".utf8), Array("two\n".utf8)]) }
    ) { fixture in
      let id = try await fixture.service.getOrCreate(definition).id
      var entries: [Int] = []
      var texts: [String] = []
      for await event in try await fixture.service.buildEvents(id) {
        switch event {
        case .log(let entry, let log):
          entries.append(entry)
          texts.append(log.text)
        case .finished(let entry, _): entries.append(entry)
        }
      }
      #expect(entries == Array(1...entries.count))
      for entry in [1, 3, texts.count, 99] {
        let (rest, state) = try await fixture.service.outcome(id, after: entry)
        #expect(rest == texts.dropFirst(entry).joined())
        #expect(state != nil)
      }
    }
  }

  @Test func theLogIsBounded() async throws {
    var limits = BuildLimits.forTests
    limits.logBytes = 1 << 10
    let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 9)
    try await Fixture.with(
      limits: limits, script: { _ in FakeProcess(output: Array(repeating: chunk, count: 100)) }
    ) { fixture in
      let id = try await fixture.service.getOrCreate(definition).id
      let (log, state) = try await fixture.service.outcome(id)
      #expect(log.count { $0 == "x" } == 1 << 10)
      #expect(log.contains("longer than 1 KiB"))
      #expect(state == .built(try await fixture.service.image(id)))
    }
  }

  @Test func theLogOutlivesTheServer() async throws {
    try await Fixture.with(
      script: { _ in FakeProcess(errors: [Array("warned\n".utf8)], status: .code(3)) }
    ) { fixture in
      let id = try await fixture.service.getOrCreate(definition).id
      let (log, state) = try await fixture.service.outcome(id)
      let (service, _) = try fixture.restarted()
      #expect(try await service.recoverAfterRestart().isEmpty == false)
      let (replayed, replayedState) = try await service.outcome(id)
      #expect(replayed == log)
      #expect(replayedState == state)
      await #expect(throws: SandlotError.self) { try await service.buildEvents("im-none") }
    }
  }
}
