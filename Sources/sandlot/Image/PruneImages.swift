import ArgumentParser
import Operator

/// `sandlot image prune`.
struct PruneImages: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Remove images and cached steps that nothing uses.",
    discussion: """
      What a sandbox or a name uses stays, and what was used in the last ten minutes. The server does \
      the same by itself once an hour, for what was not used for --image-days of 'sandlot up', and \
      where all together take more than its --image-budget.

      Examples:

        sandlot image prune              what was not used for a week
        sandlot image prune --days 0     all that nothing uses

      \(LocationOptions.server)
      """)

  @OptionGroup var options: LocationOptions

  @Option(help: "Only what was not used for so many days.")
  var days: Double = 7

  func validate() throws {
    guard (0...36_500).contains(days) else {
      throw ValidationError("--days must be a number from 0 to 36500, not \(days).")
    }
  }

  func run() async throws {
    try await CommandFailure.reported {
      let removed = try await options.ask {
        try await $0.pruneImages(unusedFor: Int64(days * 24 * 3600))
      }
      print(ImageTable.removal(removed))
    }
  }
}
