import ArgumentParser
import Server

/// `sandlot status`.
struct Status: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell whether a server serves; exits with 0 if so, with 1 if not.",
    discussion: """
      The server is the one that runs on the data directory of this machine; MODAL_SERVER_URL does \
      not count.
      """)

  @OptionGroup var options: LocationOptions

  func run() async throws {
    try await CommandFailure.reported {
      let directory = DataDirectory(try options.settings().dataDirectory)
      guard let state = ServerState.ofRunningServer(directory) else {
        print(ServerState.absence(directory))
        throw ExitCode.failure
      }
      print("serving   \(state.url)")
      print("process   \(state.processID), since \(state.startedAt.formatted(.iso8601))")
      print("engine    \(state.engine)")
      print("data      \(directory.root)")
    }
  }
}
