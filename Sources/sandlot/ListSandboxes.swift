import ArgumentParser
import Operator

/// `sandlot ps`.
struct ListSandboxes: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ps",
    abstract: "List the sandboxes with what they use and cost.",
    discussion: """
      One line a sandbox, newest first:

        CORES   physical cores in use
        CPU     the request, and the limit where there is one, in physical cores
        MEM     MiB of memory in use in the guest, OF MiB its memory
        HOST    MiB of the host's memory that only its machine holds
        COST    so far, at the rates of the server (--cpu-rate and --memory-rate of 'sandlot up')
        START   how its machine was started

      Examples:

        sandlot ps --all
        sandlot ps --json | jq -r '.[] | select(.cores_in_use > 0.5) | .id'

      The server is the one of the data directory, or else that of MODAL_SERVER_URL.
      """)

  @OptionGroup var options: DirectoryOptions

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
