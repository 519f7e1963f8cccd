import Errors
import Foundation
import SystemPackage

/// What a serving server tells the other commands, in a file of its data directory.
public struct ServerState: Codable, Sendable, Equatable {
  /// The server's process.
  public var processID: Int32
  /// What `MODAL_SERVER_URL` must be.
  public var url: String
  /// Whether machines run under KVM or TCG.
  public var engine: String
  /// When it began to serve.
  public var startedAt: Date

  /// The state of a server.
  public init(processID: Int32, url: String, engine: String, startedAt: Date) {
    self.processID = processID
    self.url = url
    self.engine = engine
    self.startedAt = startedAt
  }

  /// The state that the last server of this directory wrote, alive or not.
  public static func read(_ directory: DataDirectory) -> ServerState? {
    guard let data = try? Data(contentsOf: URL(filePath: directory.state.string)) else {
      return nil
    }
    return try? JSONDecoder().decode(ServerState.self, from: data)
  }

  /// The state of the server that serves this directory now.
  public static func ofRunningServer(_ directory: DataDirectory) -> ServerState? {
    DirectoryLock.isHeld(directory) ? read(directory) : nil
  }

  /// Makes this the state of the directory's server.
  package func write(_ directory: DataDirectory) throws {
    let data = try JSONEncoder().encode(self)
    try data.write(to: URL(filePath: directory.state.string), options: .atomic)
  }

  /// Forgets the directory's state; harmless where there is none.
  package static func remove(_ directory: DataDirectory) {
    unlink(directory.state.string)
  }
}

extension ServerState {
  /// Why there is no state of a running server: none runs, or one does not serve yet, or no longer.
  public static func absence(_ directory: DataDirectory) -> SandlotError {
    guard DirectoryLock.isHeld(directory) else {
      guard let last = read(directory) else {
        return SandlotError(
          .failedPrecondition, "No server runs on \(directory.root).",
          hint: "Start one with: sandlot up --detach")
      }
      return SandlotError(
        .failedPrecondition,
        "No server runs on \(directory.root). The last one, process \(last.processID) since "
          + "\(last.startedAt.formatted(.iso8601)), was killed or crashed, and its machines may run on.",
        hint: "The next start ends them: sandlot up --detach. A detached server's log is "
          + "\(directory.log).")
    }
    return SandlotError(
      .failedPrecondition,
      "A server holds \(directory.root) and does not serve: it is starting, or ending.",
      hint: "Ask again with 'sandlot status'; a detached server's log is \(directory.log).")
  }
}
