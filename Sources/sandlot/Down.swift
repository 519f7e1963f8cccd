import ArgumentParser
import Server

/// `sandlot down`.
struct Down: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "End the server and its sandboxes.")

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
