import GuestProtocol

/// How a sandbox ended: the one terminal result of its life.
public struct SandboxResult: Codable, Sendable, Equatable {
  /// The kinds of end, after the SDK's.
  public enum Status: String, Codable, Sendable, CaseIterable {
    /// The entrypoint exited with 0, or the guest shut itself down.
    case success
    /// The entrypoint exited with another code or died of a signal.
    case failure
    /// Someone asked for the end: the user, the app's end, the server's shutdown.
    case terminated
    /// It lived as long as it may.
    case timeout
    /// It never ran: the machine or the entrypoint could not be started.
    case initFailure
    /// Its machine died.
    case internalFailure
    /// Nobody used it for as long as allowed.
    case idleTimeout
  }

  /// The kind.
  public var status: Status
  /// What a shell would show: the code, or 128 and the signal; 124 for a timeout, 137 for an end
  /// that came from outside.
  public var exitCode: Int32
  /// One sentence about the end; empty where the code says it all.
  public var message: String

  /// A result.
  public init(_ status: Status, exitCode: Int32, message: String = "") {
    self.status = status
    self.exitCode = exitCode
    self.message = message
  }

  /// The result of an entrypoint that ended by itself.
  public init(_ exit: ExitStatus) {
    switch exit {
    case .code(0): self.init(.success, exitCode: 0)
    case .code(let code): self.init(.failure, exitCode: code)
    case .signal(let signal):
      self.init(
        .failure, exitCode: 128 + signal, message: "The entrypoint died of signal \(signal).")
    case .outOfMemory(let victim):
      self.init(
        .failure, exitCode: 137,
        message: "The sandbox's memory was used up: its kernel killed the process '\(victim)', and "
          + "with it the entrypoint. Ask for more with memory=.")
    }
  }
}
