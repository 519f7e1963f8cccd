import Errors
import Foundation

/// A server in another process, as the other commands see it.
public struct RunningServer: Sendable {
  private let directory: DataDirectory
  private let state: ServerState

  /// The server that wrote `state`.
  public init(directory: DataDirectory, state: ServerState) {
    self.directory = directory
    self.state = state
  }

  /// Asks it to end and waits until it has.
  ///
  /// Throws `deadlineExceeded` where it still runs after a minute: longer than a shutdown takes.
  public func stop() async throws {
    guard kill(state.processID, SIGTERM) == 0 else {
      throw SandlotError(
        .permissionDenied,
        "The server (process \(state.processID)) cannot be ended: "
          + "\(String(cString: strerror(errno))).", hint: "Run as the user who started it.")
    }
    let deadline = ContinuousClock.now + .seconds(60)
    while DirectoryLock.isHeld(directory) {
      guard ContinuousClock.now < deadline else {
        throw SandlotError(
          .deadlineExceeded, "The server (process \(state.processID)) has not ended in a minute.",
          hint: "See \(directory.log), or end it with: kill -9 \(state.processID)")
      }
      try await Task.sleep(for: .milliseconds(50))
    }
  }
}
