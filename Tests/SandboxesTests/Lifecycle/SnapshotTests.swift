import Errors
import Foundation
import Sandboxes
import Testing

@Suite struct SnapshotTests {
  private func snapshot(
    _ id: String, of sandbox: (info: SandboxInfo, machine: FakeMachine), in harness: Harness,
    seconds: Int64? = nil
  ) async throws -> String {
    try await harness.sandboxes.snapshotFilesystem(
      taskID: sandbox.info.taskID, SnapshotRequest(id: id, secondsToLive: seconds))
  }

  @Test func itBecomesAnImageAboveTheLayersBelow() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    #expect(try await snapshot("a", of: sandbox, in: harness) == "im-s1")
    #expect(try await snapshot("b", of: sandbox, in: harness, seconds: 60) == "im-s2")
    let kept = harness.images.record.kept
    #expect(kept.map(\.layers) == [["/layers/base"], ["/layers/base", "/layers/overlay-1"]])
    #expect(kept.map(\.imageID) == ["im-1", "im-1"])
    #expect(kept.map(\.sandboxID) == [sandbox.info.id, sandbox.info.id])
    #expect(kept.map(\.expiresAt) == [nil, harness.clock.date.addingTimeInterval(60)])
  }

  @Test func itsLayersAreHeldWhileTheSandboxLives() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    #expect(harness.images.record.held == [sandbox.info.id: ["/layers/base"]])
    _ = try await snapshot("a", of: sandbox, in: harness)
    #expect(
      harness.images.record.held == [sandbox.info.id: ["/layers/base", "/layers/overlay-1"]])
    try await harness.sandboxes.terminate(sandbox.info.id)
    #expect(harness.images.record.held.isEmpty)
  }

  @Test func theSameIdIsTheSameSnapshot() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    async let first = snapshot("a", of: sandbox, in: harness)
    async let second = snapshot("a", of: sandbox, in: harness)
    #expect(try await [first, second] == ["im-s1", "im-s1"])
    // Also one that an earlier sandbox, or server, has taken.
    let other = try await harness.start()
    #expect(try await snapshot("a", of: other, in: harness) == "im-s1")
    #expect(sandbox.machine.snapshots.withLock { $0 } == 1)
    #expect(other.machine.snapshots.withLock { $0 } == 0)
  }

  @Test func manyAtOnceFollowOneAnother() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    let images = try await withThrowingTaskGroup(of: String.self) { group in
      for number in 0..<8 {
        group.addTask { try await snapshot("\(number)", of: sandbox, in: harness) }
      }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(images.count == 8)
    #expect(harness.images.record.kept.map(\.layers.count) == Array(1...8))
  }

  @Test func oneThatCannotBeKeptIsTheLast() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    harness.images.fail(SandlotError(.resourceExhausted, "The disk is full."))
    let error = await #expect(throws: SandlotError.self) {
      try await snapshot("a", of: sandbox, in: harness)
    }
    #expect(error?.code == .resourceExhausted)
    harness.images.fail(nil)
    let next = await #expect(throws: SandlotError.self) {
      try await snapshot("a", of: sandbox, in: harness)
    }
    #expect(next?.code == .failedPrecondition)
    #expect(next?.message.contains("The disk is full.") == true)
  }

  @Test(arguments: [0, -2, .min, 3_155_760_001, .max]) func aTimeToLiveThatIsNoneIsRefused(
    seconds: Int64
  ) async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    let error = await #expect(throws: SandlotError.self) {
      try await snapshot("a", of: sandbox, in: harness, seconds: seconds)
    }
    #expect(error?.code == .invalidArgument)
    #expect(error?.message.contains("\(seconds)") == true)
  }

  @Test func ofOneThatHasEndedThereIsNone() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    try await harness.sandboxes.terminate(sandbox.info.id)
    let error = await #expect(throws: SandlotError.self) {
      try await snapshot("a", of: sandbox, in: harness)
    }
    #expect(error?.code == .notFound)
  }
}
