import ArgumentParser
import Operator

/// `sandlot ps`.
struct ListSandboxes: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ps",
    abstract: "List the sandboxes with what they use and cost.",
    discussion: """
      One line a sandbox, newest first:

        STATE   where it is in its life, or how it ended
        CODE    of one that has finished, what the SDK returns as its code
        AGE     since it was asked for; of one that has finished, until its end
        CORES   physical cores in use
        CPU     the request, and the limit where there is one, in physical cores
        MEM     MiB of memory in use in the guest, OF MiB its memory
        HOST    MiB of the host's memory that only its machine holds
        COST    so far, at the rates of the server (--cpu-rate and --memory-rate of 'sandlot up')
        START   how its machine was started

      With --json, one array of objects, their keys sorted; what is not known is left out.

      Examples:

        sandlot ps --all
        sandlot ps --json | jq -r '.[] | select(.cores_in_use > 0.5) | .id'

      \(LocationOptions.server)
      """)

  @OptionGroup var options: LocationOptions

  @Flag(name: .shortAndLong, help: "Also those that have finished.")
  var all = false

  @Flag(help: "An array of JSON objects instead of a table.")
  var json = false

  func run() async throws {
    try await CommandFailure.reported {
      let answer = try await options.ask { try await $0.sandboxes(includeFinished: all) }
      if json {
        print(try JSONOutput.text(answer.sandboxes))
      } else {
        let lines = SandboxTable.lines(answer.sandboxes, at: answer.time)
        print(lines.joined(separator: "\n"))
      }
    }
  }
}
