import ArgumentParser
import Operator

/// `sandlot create-trace`.
struct ShowCreateTrace: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create-trace",
    abstract: "Show how long each stage of a sandbox's creation took.",
    discussion: """
      Works for running and finished sandboxes. The stages follow one another from the arrival of \
      the request until the sandbox can be used; those between 'wait' and 'hand over' are the \
      machine's. When the first exec ran and ended is counted from there on.

      Example:

        sandlot create-trace sb-0123456789ABCDEFGHJKMNPQRS

      \(LocationOptions.server)
      """)

  @OptionGroup var options: LocationOptions

  @Argument(help: "The sandbox: its object_id in the SDK, the first column of 'sandlot ps'.")
  var id: String

  @Flag(help: "A JSON object instead of a table.")
  var json = false

  func run() async throws {
    try await CommandFailure.reported {
      let trace = try await options.ask { try await $0.createTrace(id) }
      print(try json ? JSONOutput.text(trace) : TraceTable.lines(trace).joined(separator: "\n"))
    }
  }
}
