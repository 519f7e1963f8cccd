import ArgumentParser
import Glibc
import UnixSignals

/// The terminal as a screen whose content is replaced again and again, until a signal ends that.
///
/// What was on the terminal before is there again afterwards (the alternate screen of xterm and all
/// that follow it).
struct TerminalScreen {
  private static let enter = "\u{1b}[?1049h\u{1b}[?25l"
  private static let leave = "\u{1b}[?25h\u{1b}[?1049l"

  /// The terminal; nil where the output goes elsewhere.
  init?() {
    guard isatty(STDOUT_FILENO) == 1 else { return nil }
  }

  /// Shows lines, made for a width, and renews them until 'q' or SIGINT, which are the ways to leave,
  /// or another signal, which is an `ExitCode`. Throws what `lines` throws. The terminal is restored
  /// in any case.
  func show(
    every period: Duration, _ lines: @escaping @Sendable (_ width: Int) async throws -> [String]
  ) async throws {
    // Asked once before, so that an error leaves no trace on the terminal.
    let first = try await lines(Self.size.columns)
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
    let modes = Self.silence()
    Self.write(Self.enter)
    defer {
      Self.write(Self.leave)
      if var modes { tcsetattr(STDIN_FILENO, TCSAFLUSH, &modes) }
    }
    Self.draw(first)
    try await withThrowingTaskGroup(of: Outcome.self) { group in
      group.addTask {
        while true {
          try await Task.sleep(for: period)
          Self.draw(try await lines(Self.size.columns))
        }
      }
      if modes != nil { group.addTask { await Self.waitForQuit() } }
      group.addTask {
        for await signal in signals {
          return .leave(signal == .sigint ? nil : ExitCode(signal == .sighup ? 129 : 143))
        }
        return .nothing
      }
      defer { group.cancelAll() }
      for try await case .leave(let code) in group {
        if let code { throw code }
        return
      }
    }
  }

  /// What a part of the work comes to.
  private enum Outcome {
    /// The user wants to leave; with a code where a signal says so.
    case leave(ExitCode?)
    /// Nothing: the others go on.
    case nothing
  }

  private static func waitForQuit() async -> Outcome {
    for await keys in InputReader().chunks {
      if keys.bytes.contains(UInt8(ascii: "q")) { return .leave(nil) }
      keys.taken()
    }
    return .nothing
  }

  /// Takes keys one by one and stops their echo; returns how the terminal was, nil where input is none.
  private static func silence() -> termios? {
    var modes = termios()
    guard tcgetattr(STDIN_FILENO, &modes) == 0 else { return nil }
    var silent = modes
    silent.c_lflag &= ~tcflag_t(ECHO | ICANON)
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
    return modes
  }

  /// Writes over what was there, so that nothing flickers.
  private static func draw(_ lines: [String]) {
    let (rows, columns) = size
    let visible = lines.prefix(rows).map { $0.prefix(columns) + "\u{1b}[K" }
    write("\u{1b}[H" + visible.joined(separator: "\r\n") + "\u{1b}[J")
  }

  /// The terminal's size, which may change while it is used.
  private static var size: (rows: Int, columns: Int) {
    var size = winsize()
    let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0
    return isKnown ? (Int(size.ws_row), Int(size.ws_col)) : (24, 80)
  }

  private static func write(_ text: String) {
    print(text, terminator: "")
    fflush(nil)
  }
}
