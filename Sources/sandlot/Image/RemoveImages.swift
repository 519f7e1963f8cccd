import ArgumentParser
import Errors
import Operator

/// `sandlot image rm`.
struct RemoveImages: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm",
    abstract: "Remove images; a build that is under way is stopped.",
    discussion: """
      An image that a sandbox or a name uses stays, and the command says so. Layers that other images \
      have stay too. A client that asks for the image again builds it again.

      Example:

        sandlot image rm im-0123456789ABCDEFGHJKMN

      \(LocationOptions.server)
      """)

  @OptionGroup var options: LocationOptions

  @Argument(help: "The images' ids (im-…).")
  var images: [String]

  func run() async throws {
    try await CommandFailure.reported {
      let failures = try await options.ask { client in
        var failures: [SandlotError] = []
        for image in images {
          do {
            print("\(image): \(ImageTable.removal(try await client.removeImage(image)))")
          } catch let error as SandlotError
            where [.notFound, .failedPrecondition].contains(error.code)
          {
            failures.append(error)
          }
        }
        return failures
      }
      for failure in failures.dropLast() { CommandFailure.report(failure) }
      if let last = failures.last { throw last }
    }
  }
}
