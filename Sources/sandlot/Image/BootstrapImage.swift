import ArgumentParser
import Errors
import Operator

/// `sandlot image bootstrap`.
struct BootstrapImage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bootstrap",
    abstract: "Make a base image of Debian packages, where no registry can be reached.",
    discussion: """
      It takes about a minute, and needs the package mirror (--debian-mirror of 'sandlot up'). FROM finds \
      the image under its name, before any registry is asked.

      Examples:

        sandlot image bootstrap debian:bookworm
        sandlot image bootstrap debian:trixie --package curl --package git --name base/trixie:tools

      \(LocationOptions.server)
      """)

  @OptionGroup var options: LocationOptions

  @Option(
    name: .customLong("package"), help: "A package besides the essential ones; may be repeated.")
  var packages: [String] = []

  @Option(help: "What FROM is to call it. (default: as the image)")
  var name: String?

  @Argument(help: "debian: and a release, as debian:bookworm.")
  var image: String

  func run() async throws {
    try await CommandFailure.reported {
      let parts = image.split(separator: ":")
      guard parts.count == 2, parts[0] == "debian",
        parts[1].allSatisfy({ $0.isLetter && $0.isLowercase && $0.isASCII })
      else {
        throw SandlotError(
          .invalidArgument, "'\(image)' is not debian: and the name of a release.",
          hint: "For example: debian:bookworm.")
      }
      let (suite, called) = (String(parts[1]), name ?? image)
      let id = try await options.ask { client in
        try await client.bootstrap(called, suite: suite, packages: packages) { print($0) }
      }
      print("\(called) is \(id)")
    }
  }
}
