import ArgumentParser
import Errors
import Foundation
import Operator

/// `sandlot shell`.
struct OpenShell: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shell",
    abstract: "Open a shell in a running sandbox, in this terminal.",
    discussion: """
      The shell is bash where the sandbox has it, else sh; it ends with 'exit' or ^D, and the sandbox \
      goes on. The exit code is the shell's. Its terminal has the size and the kind of this one at \
      the start.

      Examples:

        sandlot shell sb-0123456789ABCDEFGHJKMNPQRS
        sandlot shell my-sandbox

      \(LocationOptions.server)
      """)

  @OptionGroup var options: LocationOptions

  @Argument(help: ArgumentHelp(LocationOptions.sandbox))
  var sandbox: String

  private static let command = [
    "/bin/sh", "-c", "if command -v bash >/dev/null; then exec bash; else exec sh; fi",
  ]

  func run() async throws {
    try await CommandFailure.reported {
      let session = RemoteSession(command: RemoteCommand(Self.command), hasInput: true)
      let terminal = try LocalTerminal.current(.shell)
      let code = try await options.ask { client in
        try await session.run(in: client.sandboxID(sandbox), client, terminal: terminal)
      }
      guard code == 0 else { throw ExitCode(code) }
    }
  }
}
