import Errors
import Machines
import Sandboxes
import Store
import Testing

@Suite struct CreateTests {
  @Test func answersBeforeTheMachineRuns() async throws {
    let harness = try Harness()
    let gate = harness.launcher.hold()
    let info = try await harness.sandboxes.create(.sample { $0.name = "box" })
    #expect(info.id.hasPrefix("sb-") && info.id.count == 29)
    #expect(info.taskID.hasPrefix("ta-") && info.taskID.hasSuffix("V"))
    #expect(info.name == "box" && info.startedAt == nil && info.result == nil)
    #expect(try await harness.sandboxes.info(info.id) == info)
    #expect(try await harness.sandboxes.info(taskID: info.taskID) == info)
    gate.fulfil(())
  }

  @Test func aSandboxOfTheFirstGenerationHasOtherIdsAndIsFoundAlike() async throws {
    let harness = try Harness()
    let info = try await harness.sandboxes.create(.sample { $0.name = "box" }, generation: .v1)
    #expect(info.id.hasPrefix("sb-") && info.id.count == 25)
    #expect(info.taskID.hasPrefix("ta-") && !info.taskID.hasSuffix("V"))
    #expect(try await harness.sandboxes.info(taskID: info.taskID) == info)
    #expect(try await harness.sandboxes.find(name: "box", appID: "ap-1") == info)
    let second = try await harness.sandboxes.create(.sample(), generation: .v2)
    #expect(try await harness.sandboxes.list().map(\.id) == [second.id, info.id])
    let taken = try await error {
      _ = try await harness.sandboxes.create(.sample { $0.name = "box" }, generation: .v2)
    }
    #expect(taken.code == .alreadyExists)
  }

  @Test func asksForTheRightMachine() async throws {
    let image = SandboxImage(layers: ["/layers/base", "/layers/top"])
    let harness = try Harness(image: image)
    let info = try await harness.sandboxes.create(
      .sample {
        $0.memoryMiB = 4096
        $0.milliCPU = 1000
        $0.milliCPULimit = 2000
        $0.network = .blocked
      })
    let request = await harness.launcher.requests.take()
    #expect(request.id == info.id)
    #expect(request.memoryMiB == 4096)
    #expect(request.virtualCPUs == 2)
    #expect(request.processorShare == .init(guaranteed: 1000, limit: 2000))
    #expect(request.layers == ["/layers/base", "/layers/top"])
    #expect(request.network == .blocked)
  }

  @Test func writesNoVariableDown() async throws {
    let harness = try Harness()
    let info = try await harness.sandboxes.create(
      .sample { $0.environment = [EnvironmentVariable(name: "TOKEN", value: "swordfish")] })
    let row = try #require(try await harness.store.sandbox(id: info.id))
    #expect(!"\(row)".contains("TOKEN") && !"\(row)".contains("swordfish"))
    #expect(try await harness.sandboxes.info(info.id).specification.environment.isEmpty)
  }

  @Test func givesOneAnswerPerIdempotencyKey() async throws {
    let harness = try Harness()
    let ids = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<8 {
        group.addTask { try await harness.sandboxes.create(.sample(), idempotencyKey: "k").id }
      }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(ids.count == 1)
    #expect(try await harness.sandboxes.create(.sample(), idempotencyKey: "k").id == ids.first)
    #expect(try await harness.sandboxes.create(.sample(), idempotencyKey: "l").id != ids.first)
    #expect(try await harness.sandboxes.list().count == 2)
  }

  @Test func remembersKeysAcrossARestart() async throws {
    let harness = try Harness()
    let info = try await harness.sandboxes.create(.sample(), idempotencyKey: "k")
    let next = try Harness(store: harness.store)
    #expect(try await next.sandboxes.create(.sample(), idempotencyKey: "k").id == info.id)
  }

  @Test func refusesATakenName() async throws {
    let harness = try Harness()
    let named = SandboxSpecification.sample { $0.name = "box" }
    let first = try await harness.start(named)
    let clash = try await error { _ = try await harness.sandboxes.create(named) }
    #expect(clash.code == .alreadyExists)
    #expect(clash.message.contains("'box'"))
    _ = try await harness.sandboxes.create(
      .sample {
        $0.name = "box"
        $0.appID = "ap-2"
      })
    try await harness.sandboxes.terminate(first.info.id)
    _ = try await harness.sandboxes.create(named)
  }

  @Test func refusesAnUnknownImage() async throws {
    let harness = try Harness()
    let refusal = try await error {
      _ = try await harness.sandboxes.create(.sample { $0.imageID = "im-none" })
    }
    #expect(refusal.code == .notFound)
    #expect(refusal.message.contains("im-none"))
  }

  @Test func promisesNoMoreMemoryThanThereIs() async throws {
    let harness = try Harness()
    let half = SandboxSpecification.sample { $0.memoryMiB = 8192 }
    let first = try await harness.start(half)
    _ = try await harness.start(half)
    let refusal = try await error {
      _ = try await harness.sandboxes.create(.sample { $0.memoryMiB = 128 })
    }
    #expect(refusal.code == .resourceExhausted)
    #expect(refusal.message.contains("128 MiB"))
    #expect(refusal.message.contains("16384 of the 16384 MiB"))
    #expect(refusal.message.contains("\(first.info.id) holds 8192"))
    try await harness.sandboxes.terminate(first.info.id)
    _ = try await harness.sandboxes.create(half)
  }

  @Test func holdsMemoryUntilTheMachineIsGone() async throws {
    let harness = try Harness()
    let gate = harness.launcher.hold()
    let info = try await harness.sandboxes.create(.sample { $0.memoryMiB = 512 })
    #expect(harness.memory.balance().holders == [info.id: 512])
    harness.launcher.fail(SandlotError(.internal, "No machine today."))
    gate.fulfil(())
    #expect(try await harness.result(info.id).status == .initFailure)
    #expect(harness.memory.balance().holders.isEmpty)
  }

  @Test func leavesToOthersWhatTheyHold() async throws {
    let harness = try Harness()
    try harness.memory.reserve(16000, for: "im-build")
    let refusal = try await error { _ = try await harness.sandboxes.create(.sample()) }
    #expect(refusal.message.contains("im-build holds 16000"))
    harness.memory.release("im-build")
    _ = try await harness.sandboxes.create(.sample())
  }

  @Test func aFailedRequestTakesNothing() async throws {
    let harness = try Harness()
    for _ in 0..<3 {
      _ = try await error {
        _ = try await harness.sandboxes.create(
          .sample {
            $0.name = "box"
            $0.imageID = "im-none"
          }, idempotencyKey: "k")
      }
    }
    _ = try await harness.sandboxes.create(.sample { $0.name = "box" }, idempotencyKey: "k")
  }
}
