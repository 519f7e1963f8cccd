import ArgumentParser
import Errors
import Foundation
import Operator

/// `sandlot exec`.
struct Execute: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exec",
    abstract: "Run a command in a running sandbox.",
    discussion: """
      Standard input, output and error are the command's own, and so is the exit code; a signal is \
      128 and its number. With -t the command gets a terminal of this one's size and kind, and keys \
      such as ^C go to it; its size stays what it was at the start.

      Examples:

        sandlot exec sb-0123456789ABCDEFGHJKMNPQRS -- uname -r
        echo hello | sandlot exec my-sandbox -- sh -c 'cat >/tmp/file'
        sandlot exec -t my-sandbox -- top

      \(LocationOptions.server)
      """)

  @OptionGroup var options: LocationOptions

  @Flag(name: [.customShort("t"), .customLong("tty")], help: "A terminal for the command.")
  var terminal = false

  @Flag(name: [.customShort("n"), .customLong("no-stdin")], help: "Nothing on its standard input.")
  var noInput = false

  @Option(
    name: [.customShort("w"), .customLong("workdir")], help: "The directory that it runs in.")
  var workingDirectory: String?

  @Option(
    name: [.customShort("e"), .customLong("env")],
    help: ArgumentHelp("A variable of its environment; may be repeated.", valueName: "name=value"))
  var variables: [String] = []

  @Argument(help: ArgumentHelp(LocationOptions.sandbox))
  var sandbox: String

  @Argument(parsing: .postTerminator, help: "Program and arguments, after '--'.")
  var command: [String] = []

  func validate() throws {
    guard !command.isEmpty else {
      throw ValidationError("There is no command. Write it after '--': sandlot exec ID -- ls -l")
    }
    for variable in variables where !variable.dropFirst().contains("=") {
      throw ValidationError("'\(variable)' is not NAME=VALUE.")
    }
  }

  func run() async throws {
    try await CommandFailure.reported {
      var remote = RemoteCommand(command)
      remote.workingDirectory = workingDirectory
      for variable in variables {
        let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        remote.environment[String(parts[0])] = String(parts[1])
      }
      let session = RemoteSession(command: remote, hasInput: !noInput)
      let code = try await options.ask { client in
        try await session.run(
          in: client.sandboxID(sandbox), client, terminal: terminal ? .current(.exec) : nil)
      }
      guard code == 0 else { throw ExitCode(code) }
    }
  }
}
