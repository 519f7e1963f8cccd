import ArgumentParser
import Operator
import Synchronization

/// `sandlot top`.
struct Top: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Watch the sandboxes that run, the busiest first.",
    discussion: """
      In a terminal the table is renewed every two seconds until 'q' or ^C; elsewhere, and with \
      --once, it is printed once. The columns are those of 'sandlot ps', as many as the terminal has \
      room for. Sandboxes that use about the same (0.1 cores) keep their places.

      Example:

        sandlot top

      \(LocationOptions.server)
      """)

  @OptionGroup var options: LocationOptions

  @Flag(help: "Print one table and return.")
  var once = false

  func run() async throws {
    try await CommandFailure.reported {
      try await options.ask { client in
        guard !once, let screen = TerminalScreen() else {
          var order = BusyOrder()
          print(try await Self.lines(client, &order, width: nil).joined(separator: "\n"))
          return
        }
        let order = Mutex(BusyOrder())
        try await screen.show(every: .seconds(2)) { width in
          var next = order.withLock { $0 }
          let lines = try await Self.lines(client, &next, width: width)
          order.withLock { [next] in $0 = next }
          return lines
        }
      }
    }
  }

  /// - Parameter width: What a terminal has room for; nil elsewhere.
  private static func lines(
    _ client: OperatorClient, _ order: inout BusyOrder, width: Int?
  ) async throws -> [String] {
    let answer = try await client.sandboxes(includeFinished: false)
    let sorted = order.sorted(answer.sandboxes)
    let summary = SandboxTable.summary(answer.sandboxes)
    let table = SandboxTable.lines(sorted, at: answer.time, width: width)
    return (width == nil ? [summary] : [summary, "every 2 s; q or ^C leaves"]) + [""] + table
  }
}
