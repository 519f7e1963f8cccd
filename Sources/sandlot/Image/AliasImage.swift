import ArgumentParser
import Operator

/// `sandlot image alias`.
struct AliasImage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alias",
    abstract: "Let a name in FROM mean another image.",
    discussion: """
      For software whose image cannot be had under its own name: everything that is built on NAME is \
      built on TARGET instead.

      Example:

        sandlot image alias python:3.12-slim mirror.example/python:3.12-slim

      \(LocationOptions.server)
      """)

  @OptionGroup var options: LocationOptions

  @Argument(help: "The name as it stands in FROM.")
  var name: String

  @Argument(help: "What it is to mean.")
  var target: String

  func run() async throws {
    try await CommandFailure.reported {
      try await options.ask { try await $0.alias(name, to: target) }
      print("\(name) means \(target)")
    }
  }
}
