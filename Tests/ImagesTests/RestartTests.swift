import Errors
import Foundation
import Images
import Store
import Testing

@Suite struct RestartTests {
  private let definition = ImageDefinition(Fixture.python, "RUN a", "RUN hang")

  @Test func shuttingDownStopsTheMachineAndLeavesNoHalfLayer() async throws {
    try await Fixture.with(
      script: { FakeProcess(status: $0.arguments.last == "hang" ? nil : .code(0)) }
    ) { fixture in
      let id = try await fixture.service.getOrCreate(definition).id
      for await command in fixture.launcher.started where command.arguments.last == "hang" { break }
      await fixture.service.shutDown()
      #expect(fixture.launcher.record.stops == 1)
      guard case .failed(let failure) = try await fixture.service.summary(id).state else {
        Issue.record("the build did not fail")
        return
      }
      #expect(failure.message.contains("shut down"))
      let error = await #expect(throws: SandlotError.self) {
        try await fixture.service.getOrCreate(definition)
      }
      #expect(error?.code == .unavailable)

      let (service, launcher) = try fixture.restarted()
      _ = try await service.recoverAfterRestart()
      let image = try await service.build(definition)
      #expect(image.id == id)
      #expect(launcher.record.commands.map { $0.arguments.last } == ["hang"])
    }
  }

  @Test func anEndThatWasNotKeptIsAFailureToItsReaders() async throws {
    try await Fixture.with { fixture in
      try await fixture.store.save(
        ImageRow(id: "im-1", key: "k", state: .building, createdAt: Date()))
      guard case .failed? = try await fixture.service.outcome("im-1").1 else {
        Issue.record("a reader would ask for ever how the build ended")
        return
      }
    }
  }

  @Test func aBuildThatACrashCutShortHasFailed() async throws {
    try await Fixture.with { fixture in
      try await fixture.store.save(
        ImageRow(id: "im-1", key: "k", state: .building, createdAt: Date()))
      let stray = fixture.layers.directory.appending("stray.qcow2")
      try Data("x".utf8).write(to: URL(fileURLWithPath: stray.string))
      let notes = try await fixture.service.recoverAfterRestart()
      #expect(notes.count == 2)
      #expect(notes.first?.contains("im-1") == true)
      #expect(
        try await fixture.service.summary("im-1").state
          == .failed(BuildFailure(message: "The server was restarted during the build.")))
      #expect(!FileManager.default.fileExists(atPath: stray.string))
    }
  }

  @Test func imagesOutliveTheServer() async throws {
    try await Fixture.with { fixture in
      let definition = ImageDefinition(Fixture.python, "RUN a", "ENV A=1")
      let image = try await fixture.service.build(definition)
      let (service, launcher) = try fixture.restarted()
      #expect(try await service.recoverAfterRestart() == [])
      #expect(try await service.image(image.id) == image)
      #expect(try await service.getOrCreate(definition).state == .built(image))
      #expect(launcher.record.requests.isEmpty)
    }
  }
}
