import Sandboxes
import Testing

@Suite struct PromiseTests {
  @Test func givesEveryWaiterTheFirstValue() async throws {
    let promise = Promise<Int>()
    let early = (0..<10).map { _ in Task { try await promise.value() } }
    #expect(promise.current == nil)
    #expect(promise.fulfil(1))
    #expect(!promise.fulfil(2))
    for task in early { #expect(try await task.value == 1) }
    #expect(try await promise.value() == 1)
    #expect(promise.current == 1)
  }

  @Test func letsACancelledWaiterGo() async throws {
    let promise = Promise<Int>()
    let waiting = Task { try await promise.value() }
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
    promise.fulfil(1)
    #expect(try await promise.value() == 1)
  }

  @Test func aDeadlineEndsWhatIsTooSlow() async throws {
    let clock = ManualClock()
    let never = Promise<Int>()
    async let late = withDeadline(.seconds(1), on: clock) { try await never.value() }
    await clock.waitForSleep(of: .seconds(1))
    clock.advance(by: .seconds(1))
    #expect(try await late == nil)
    #expect(try await withDeadline(.seconds(1), on: clock) { 7 } == 7)
  }
}
