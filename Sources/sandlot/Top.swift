import ArgumentParser
import Operator

/// `sandlot top`.
struct Top: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Watch the sandboxes that run, the busiest first.",
    discussion: """
      In a terminal the table is renewed every two seconds until ^C; elsewhere, and with --once, it \
      is printed once. The columns are those of 'sandlot ps'.

      Example:

        sandlot top

      The server is the one of the data directory, or else that of MODAL_SERVER_URL.
      """)

  @OptionGroup var options: DirectoryOptions

  @Flag(help: "Print one table and return.")
  var once = false

  func run() async throws {
    try await CommandFailure.reported {
      try await options.ask { client in
        guard !once, let screen = TerminalScreen() else {
          print(try await Self.lines(client).joined(separator: "\n"))
          return
        }
        try await screen.show(every: .seconds(2)) {
          try await Self.lines(client, after: "every 2 s, ^C leaves")
        }
      }
    }
  }

  private static func lines(
    _ client: OperatorClient, after hint: String? = nil
  ) async throws -> [String] {
    let answer = try await client.sandboxes(includeFinished: false)
    let summary = SandboxTable.summary(answer.sandboxes)
    let sorted = SandboxTable.byUse(answer.sandboxes)
    return [hint.map { "\(summary)   (\($0))" } ?? summary, ""]
      + SandboxTable.lines(sorted, at: answer.time)
  }
}
