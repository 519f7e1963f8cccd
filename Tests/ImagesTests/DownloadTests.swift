import Errors
import Images
import Machines
import Testing

/// `ADD` of an address, on machines that answer what the test says.
@Suite struct DownloadTests {
  private static let checksum = "sha256:" + String(repeating: "a", count: 64)
  private static let address = "http://files.example/a%20b.tgz?x=1"

  private func isFetching(_ command: MachineCommand) -> Bool {
    command.arguments.first == "/usr/bin/python3"
  }

  @Test func aMachineFetchesAndAnotherCopies() async throws {
    try await Fixture.with { fixture in
      _ = try await fixture.service.build(
        ImageDefinition(Fixture.python, "ADD --checksum=\(Self.checksum) \(Self.address) /to/"))
      let record = fixture.launcher.record
      let fetch = try #require(record.commands.first(where: isFetching))
      #expect(
        Array(fetch.arguments.dropFirst(3)) == [
          Self.address, "/sandlot-download/a b.tgz", Self.checksum,
        ])
      // What was fetched is the disk that the copy takes it from.
      guard case .layers(let layers)? = record.files.first else {
        Issue.record("no disk of files: \(record.files)")
        return
      }
      #expect(layers.count == 2 && record.requests.count == 2)
      let copy = try #require(record.commands.last?.arguments)
      #expect(copy.last?.contains(#""sources":["sandlot-download\/a b.tgz"]"#) == true)
      #expect(record.requests.allSatisfy { $0.network == .outbound })
    }
  }

  @Test func theSameAddressIsFetchedOnce() async throws {
    try await Fixture.with { fixture in
      for destination in ["/a", "/b"] {
        _ = try await fixture.service.build(
          ImageDefinition(
            Fixture.python, "ADD --checksum=\(Self.checksum) http://x/f \(destination)"))
      }
      #expect(fixture.launcher.record.commands.count(where: isFetching) == 1)
    }
  }

  @Test func withoutTheCacheItIsFetchedAnew() async throws {
    try await Fixture.with { fixture in
      let definition = ImageDefinition(Fixture.python, "ADD http://x/f /f")
      _ = try await fixture.service.build(definition)
      let forced = try await fixture.service.getOrCreate(definition, forceBuild: true)
      _ = try await fixture.service.outcome(forced.id)
      #expect(fixture.launcher.record.commands.count(where: isFetching) == 2)
    }
  }

  @Test(arguments: [
    "it has the checksum sha256:bb", "urllib.error.URLError: <urlopen error timed out>",
  ])
  func aFailureNamesTheAddressAndIsNotKept(said: String) async throws {
    let tries = Counter()
    try await Fixture.with(
      script: { command in
        guard command.arguments.first == "/usr/bin/python3", tries.next() == 1 else {
          return FakeProcess()
        }
        return FakeProcess(errors: [Array("\(said)\n".utf8)], status: .code(1))
      }
    ) { fixture in
      let definition = ImageDefinition(
        Fixture.python, "ADD --checksum=\(Self.checksum) http://x/f /f")
      let message = try #require(try await fixture.service.failure(of: definition))
      #expect(message.contains("http://x/f") && message.contains(said))
      _ = try await fixture.service.build(definition)
    }
  }
}
