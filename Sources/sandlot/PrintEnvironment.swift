import ArgumentParser
import Server

/// `sandlot env`.
struct PrintEnvironment: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "env",
    abstract: "Print the variables that the SDK needs, for: eval \"$(sandlot env)\"",
    discussion: """
      They are those of the server that runs on the data directory of this machine.
      """)

  @OptionGroup var options: LocationOptions

  func run() async throws {
    try await CommandFailure.reported {
      let settings = try options.settings()
      let directory = DataDirectory(settings.dataDirectory)
      guard let state = ServerState.ofRunningServer(directory) else {
        throw ServerState.absence(directory)
      }
      print(try ClientEnvironment(settings: settings, url: state.url).shellLines)
    }
  }
}
