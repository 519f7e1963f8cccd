import ArgumentParser
import Errors
import Foundation
import Operator

/// `sandlot image pull`.
struct PullImage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull",
    abstract: "Pull an image from its registry, so that builds find it here.",
    discussion: """
      A build pulls what it needs by itself; this does it before, and looks a tag up anew that was \
      pulled earlier. For a private registry give --username; the password is read from the variable \
      REGISTRY_PASSWORD.

      Examples:

        sandlot image pull python:3.11-slim-bookworm
        REGISTRY_PASSWORD=… sandlot image pull --username me registry.example/team/image:1

      \(LocationOptions.server)
      """)

  @OptionGroup var options: LocationOptions

  @Option(help: "The user of a private registry.")
  var username: String?

  @Argument(help: "The image, as python:3.11-slim or registry.example:5000/team/image:tag.")
  var image: String

  func run() async throws {
    try await CommandFailure.reported {
      let credentials = try credentials()
      let id = try await options.ask { client in
        try await client.pull(image, credentials: credentials) { print($0) }
      }
      print("\(image) is \(id)")
    }
  }

  private func credentials() throws -> (username: String, password: String)? {
    guard let username else { return nil }
    guard let password = ProcessInfo.processInfo.environment["REGISTRY_PASSWORD"] else {
      throw SandlotError(
        .invalidArgument, "--username \(username) is given, and REGISTRY_PASSWORD is not set.",
        hint: "Set the variable REGISTRY_PASSWORD: an argument could be seen by other users.")
    }
    return (username, password)
  }
}
