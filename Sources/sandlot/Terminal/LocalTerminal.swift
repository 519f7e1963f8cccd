import ArgumentParser
import Errors
import Foundation
import Glibc
import Operator
import UnixSignals

/// The terminal that this process runs in.
struct LocalTerminal: Sendable {
  /// Who wants it.
  enum User: String {
    case exec = "exec -t"
    case shell
  }

  /// What a process elsewhere shall find.
  let size: TerminalSize

  /// The terminal. Throws `SandlotError.failedPrecondition` where there is none.
  static func current(_ user: User) throws(SandlotError) -> LocalTerminal {
    var window = winsize()
    guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1,
      ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0
    else {
      throw SandlotError(
        .failedPrecondition, "'sandlot \(user.rawValue)' needs a terminal, and this is none.",
        hint: "Without one: sandlot exec ID -- COMMAND")
    }
    let environment = ProcessInfo.processInfo.environment
    return LocalTerminal(
      size: TerminalSize(
        rows: UInt32(window.ws_row), columns: UInt32(window.ws_col),
        kind: environment["TERM"] ?? "xterm", colours: environment["COLORTERM"] ?? ""))
  }

  /// Runs `body` while keys go to it one by one and unchanged, and leaves the terminal as it was, also
  /// where a signal ends this process; without a terminal it just runs.
  static func raw<Value: Sendable>(
    _ terminal: LocalTerminal?, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    var modes = termios()
    guard terminal != nil, tcgetattr(STDIN_FILENO, &modes) == 0 else { return try await body() }
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sighup)
    var raw = modes
    cfmakeraw(&raw)
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw)
    defer { tcsetattr(STDIN_FILENO, TCSADRAIN, &modes) }
    return try await withThrowingTaskGroup(of: Value.self) { group in
      group.addTask { try await body() }
      group.addTask {
        for await signal in signals { throw ExitCode(signal == .sighup ? 129 : 143) }
        // The sequence ends with this task.
        throw CancellationError()
      }
      defer { group.cancelAll() }
      guard let value = try await group.next() else { throw CancellationError() }
      return value
    }
  }
}
