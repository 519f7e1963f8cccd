import ArgumentParser
import Errors
import Operator

/// `sandlot image bases`.
struct ListBases: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bases",
    abstract: "List what names in FROM mean on this server.",
    discussion: """
      alias  another name (sandlot image alias)
      local  an image that was imported or made here (sandlot image import, bootstrap)
      pin    what the registry had when it was last asked (sandlot image pull, force_build)

      With --forget NAME what the name means is forgotten: the next FROM looks it up anew.

      \(LocationOptions.server)
      """)

  @OptionGroup var options: LocationOptions

  @Flag(help: "An array of JSON objects instead of a table.")
  var json = false

  @Option(help: "A name whose meanings are forgotten.")
  var forget: String?

  func run() async throws {
    try await CommandFailure.reported {
      if let forget {
        guard try await options.ask({ try await $0.forgetBase(forget) }) else {
          throw SandlotError(.notFound, "'\(forget)' means nothing here.")
        }
        return print("\(forget) is forgotten")
      }
      let names = try await options.ask { try await $0.bases() }
      print(json ? try JSONOutput.text(names) : BaseTable.lines(names).joined(separator: "\n"))
    }
  }
}
