import Errors
import Foundation
import Operator
import Synchronization

/// A command in a sandbox whose streams are this process's.
struct RemoteSession: Sendable {
  let command: RemoteCommand
  let hasInput: Bool

  /// How long after the command's end its output is waited for, each time that more has come: a
  /// process that it left behind may hold it for ever.
  private static let grace = Duration.milliseconds(500)

  /// Runs the command; returns its exit code. Where there is a terminal it is raw meanwhile.
  ///
  /// Throws `SandlotError`, `notFound` where the sandbox ends first.
  func run(
    in sandboxID: String, _ client: OperatorClient, terminal: LocalTerminal?
  ) async throws -> Int32 {
    var command = command
    command.terminal = terminal?.size
    let (started, hasInput) = (command, hasInput)
    return try await client.withRouter(of: sandboxID) { router in
      let execID = try await router.start(started)
      return try await LocalTerminal.raw(terminal) {
        try await carry(execID, router, hasInput: hasInput)
      }
    }
  }

  private func carry(
    _ execID: String, _ router: RouterClient, hasInput: Bool
  ) async throws -> Int32 {
    let progress = Progress()
    let input = Task { try await feed(execID, router, isOpen: hasInput) }
    defer { input.cancel() }
    let outputs = Task {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (stream, local) in [
          (RouterClient.Output.standardOutput, StandardStream.output), (.standardError, .error),
        ] {
          group.addTask {
            try await router.read(stream, of: execID) { bytes in
              try local.write(bytes)
              progress.add(bytes.count)
            }
          }
        }
        try await group.waitForAll()
        progress.end()
      }
    }
    defer { outputs.cancel() }
    return try await withTaskCancellationHandler {
      let code = try await router.wait(for: execID)
      while !progress.isEnded {
        let before = progress.bytes
        try await progress.wait(Self.grace)
        if progress.bytes == before { break }
      }
      if progress.isEnded { try await outputs.value }
      return code
    } onCancel: {
      outputs.cancel()
    }
  }

  /// Carries standard input until it ends. A command that has ended, or reads no more, takes none.
  private func feed(_ execID: String, _ router: RouterClient, isOpen: Bool) async throws {
    var offset: UInt64 = 0
    if isOpen {
      for await bytes in InputReader().chunks {
        try await router.write(bytes.bytes, at: offset, to: execID)
        offset += UInt64(bytes.bytes.count)
        bytes.taken()
      }
    }
    try await router.write([], at: offset, to: execID, isLast: true)
  }
}

/// How far the output of a command has come.
private final class Progress: Sendable {
  private struct State {
    var bytes = 0
    var isEnded = false
  }

  private let state = Mutex(State())

  var bytes: Int { state.withLock { $0.bytes } }
  var isEnded: Bool { state.withLock { $0.isEnded } }

  func add(_ count: Int) { state.withLock { $0.bytes += count } }
  func end() { state.withLock { $0.isEnded = true } }

  /// Waits for the end, at most so long.
  func wait(_ limit: Duration) async throws {
    let deadline = ContinuousClock.now + limit
    while !isEnded, ContinuousClock.now < deadline {
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}
