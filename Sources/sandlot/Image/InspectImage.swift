import ArgumentParser
import Operator

/// `sandlot image inspect`.
struct InspectImage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show all that is known of an image, as JSON.",
    discussion: """
      Its configuration, its layers with their sizes and with how many images have them, the steps of \
      its build, and what uses it.

      Example:

        sandlot image inspect im-0123456789ABCDEFGHJKMN | jq '.layers'

      \(LocationOptions.server)
      """)

  @OptionGroup var options: LocationOptions

  @Argument(help: "The image's id (im-…).")
  var image: String

  func run() async throws {
    try await CommandFailure.reported {
      print(try JSONOutput.text(try await options.ask { try await $0.image(image) }))
    }
  }
}
