import Foundation
import GuestProtocol
import Sandboxes
import Testing

/// Logs as they are written.
@Suite struct LogFollowTests {
  let sleeping = SandboxSpecification.sample { $0.arguments = ["sleep", "60"] }

  @Test func tellsWhatIsWrittenUntilTheEnd() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start(sleeping)
    let process = await sandbox.machine.processes.take()
    var query = LogQuery()
    query.sources = [.standardOutput, .standardError]
    let scope = LogScope.sandbox(id: sandbox.info.id, appID: "ap-1")
    var pages = harness.sandboxes.followLogs(scope, query, for: .seconds(1000)).makeAsyncIterator()
    process.print("one\n")
    let ticking = ticking(harness)
    defer { ticking.cancel() }
    let first = try #require(try await pages.next())
    #expect(first.batches.flatMap(\.entries) == ["one\n"] && !first.isLast)
    process.complain("two\n")
    let second = try #require(try await pages.next())
    #expect(second.batches.flatMap(\.entries) == ["two\n"] && second.end > first.end)
    process.print("three")
    process.exit()
    var rest: [String] = []
    while let page = try await pages.next() {
      rest += page.batches.flatMap(\.entries)
      if page.isLast { break }
    }
    #expect(rest == ["three"])
    #expect(try await pages.next() == nil)
  }

  @Test func goesOnFromWhereItLeftOff() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start(sleeping)
    let process = await sandbox.machine.processes.take()
    process.print((0..<2500).map { "\($0)\n" }.joined())
    process.exit()
    _ = try await harness.result(sandbox.info.id)
    var query = LogQuery()
    query.sources = [.standardOutput]
    var seen: [String] = []
    // A client that comes again for every page.
    for _ in 0..<100 {
      var pages = harness.sandboxes.followLogs(.app("ap-1"), query, for: .zero).makeAsyncIterator()
      guard let page = try await pages.next() else { break }
      seen += page.batches.flatMap(\.entries)
      query.since = page.end + 1
      if page.isLast { break }
    }
    #expect(seen == (0..<2500).map { "\($0)\n" })
  }

  @Test func itsTimeEndsIt() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start(sleeping)
    _ = await sandbox.machine.processes.take()
    var query = LogQuery()
    query.sources = [.standardError]
    let follower = harness.sandboxes.followLogs(.app("ap-1"), query, for: .seconds(2))
    let ticking = ticking(harness)
    defer { ticking.cancel() }
    var pages = follower.makeAsyncIterator()
    #expect(try await pages.next() == nil)
  }

  /// Moves the clock for those who sleep a tenth of a second.
  private func ticking(_ harness: Harness) -> Task<Void, Never> {
    Task {
      while !Task.isCancelled {
        harness.clock.advance(by: .milliseconds(100))
        try? await Task.sleep(for: .milliseconds(1))
      }
    }
  }
}
