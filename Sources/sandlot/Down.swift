import ArgumentParser
import Server

/// `sandlot down`.
struct Down: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "End the server and its sandboxes.",
    discussion: """
      The server is the one that runs on the data directory of this machine; MODAL_SERVER_URL does \
      not count. Where none runs there is nothing to do, and the exit code is 0.
      """)

  @OptionGroup var options: LocationOptions

  func run() async throws {
    try await CommandFailure.reported {
      let directory = DataDirectory(try options.settings().dataDirectory)
      guard let state = ServerState.ofRunningServer(directory) else {
        let absence = ServerState.absence(directory)
        guard !DirectoryLock.isHeld(directory) else { throw absence }
        print(absence.message)
        return
      }
      try await RunningServer(directory: directory, state: state).stop()
      print("The server (process \(state.processID)) has ended.")
    }
  }
}
