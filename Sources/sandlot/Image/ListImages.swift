import ArgumentParser
import Operator

/// `sandlot image list`.
struct ListImages: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the images with what they take on disk.",
    discussion: """
      One line an image, the most recently used first:

        SIZE     what its layers take on disk together
        OWN      those of them that no other image has: what its removal gives back
        USED BY  sandboxes and names; what is used is never removed

      Examples:

        sandlot image list
        sandlot image list --json | jq -r '.[] | select(.state == "failed") | .id'

      \(LocationOptions.server)
      """)

  @OptionGroup var options: LocationOptions

  @Flag(help: "An array of JSON objects instead of a table.")
  var json = false

  func run() async throws {
    try await CommandFailure.reported {
      let answer = try await options.ask { try await $0.images() }
      print(
        json
          ? try JSONOutput.text(answer.images)
          : ImageTable.lines(answer).joined(separator: "\n"))
    }
  }
}
