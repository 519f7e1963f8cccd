import GuestProtocol
import Machines
import Sandboxes
import Testing

@Suite struct SandboxStateTests {
  static let exit = GuestProtocol.ExitStatus.code(3)
  static let result = SandboxResult(.success, exitCode: 0)

  static let states: [SandboxState] = [
    .requested, .starting, .running, .stopping(.exited(.code(0))), .finished(result),
  ]

  static let events: [SandboxEvent] = [
    .startBegan, .started, .startFailed("no"), .entrypointExited(exit),
    .terminationRequested("stop"), .timedOut(seconds: 5), .idledOut(seconds: 6),
    .machineEnded(.failed("dead")), .released,
  ]

  /// Every pair of state and event; what is not here must change nothing.
  static func expected(_ state: SandboxState, _ event: SandboxEvent) -> SandboxState? {
    switch state {
    case .requested:
      switch event {
      case .startBegan: .starting
      case .terminationRequested: .stopping(.terminated("stop"))
      default: nil
      }
    case .starting:
      switch event {
      case .started: .running
      case .startFailed: .stopping(.startFailed("no"))
      case .entrypointExited: .stopping(.exited(exit))
      case .terminationRequested: .stopping(.terminated("stop"))
      case .machineEnded: .stopping(.machineEnded(.failed("dead")))
      default: nil
      }
    case .running:
      switch event {
      case .entrypointExited: .stopping(.exited(exit))
      case .terminationRequested: .stopping(.terminated("stop"))
      case .timedOut: .stopping(.timedOut(seconds: 5))
      case .idledOut: .stopping(.idledOut(seconds: 6))
      case .machineEnded: .stopping(.machineEnded(.failed("dead")))
      default: nil
      }
    case .stopping: event == .released ? .finished(result) : nil
    case .finished: nil
    }
  }

  @Test(arguments: states, events)
  func followsTheTable(state: SandboxState, event: SandboxEvent) {
    #expect(state.after(event) == Self.expected(state, event))
  }

  @Test(arguments: [
    (SandboxEnd.exited(.code(0)), SandboxResult.Status.success, Int32(0)),
    (.exited(.code(7)), .failure, 7),
    (.exited(.signal(15)), .failure, 143),
    (.exited(.outOfMemory(victim: "python3")), .failure, 137),
    (.terminated("x"), .terminated, 137),
    (.timedOut(seconds: 1), .timeout, 124),
    (.idledOut(seconds: 1), .idleTimeout, 137),
    (.startFailed("x"), .initFailure, 1),
    (.machineEnded(.failed("x")), .internalFailure, 137),
    (.machineEnded(.guestShutDown), .success, 0),
    (.machineEnded(.guestRestarted), .failure, 133),
    (.machineEnded(.stopped), .terminated, 137),
  ])
  func givesEachEndOneResult(end: SandboxEnd, status: SandboxResult.Status, code: Int32) {
    #expect(end.result.status == status)
    #expect(end.result.exitCode == code)
  }
}
