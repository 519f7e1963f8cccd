import ArgumentParser
import Operator

/// `sandlot image explain`.
struct ExplainImage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say which steps of an image's build came from the cache, and why others did not.",
    discussion: """
      A step is taken from the cache where the disk before it, its command or instruction, its \
      environment, its user, the names of its secrets and the content of the files that it copies are \
      those of an earlier build. Where one of them is another, the step and all after it are executed.

      Example:

        sandlot image explain im-0123456789ABCDEFGHJKMN

      \(LocationOptions.server)
      """)

  @OptionGroup var options: LocationOptions

  @Argument(help: "The image's id (im-…).")
  var image: String

  func run() async throws {
    try await CommandFailure.reported {
      let details = try await options.ask { try await $0.image(image) }
      print(ImageTable.explanation(details).joined(separator: "\n"))
    }
  }
}
