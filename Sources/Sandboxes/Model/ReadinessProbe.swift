import Errors

/// How to find out that a sandbox is ready to be used: tried again and again until it succeeds once.
public struct ReadinessProbe: Codable, Sendable, Equatable {
  /// What is tried.
  public enum Check: Codable, Sendable, Equatable {
    /// A connection to this port of the sandbox's loopback is accepted.
    case port(Int)
    /// This command, run as any exec, exits with 0.
    case command([String])
  }

  /// What is tried.
  public var check: Check
  /// The time between the end of an attempt and the next one, in milliseconds.
  public var intervalMilliseconds: Int64

  /// A probe.
  public init(_ check: Check, intervalMilliseconds: Int64 = 100) {
    self.check = check
    self.intervalMilliseconds = intervalMilliseconds
  }

  /// The longest time between two attempts, in milliseconds: a day.
  private static let longestInterval: Int64 = 86_400_000

  /// Refuses what cannot be tried. Throws `SandlotError.invalidArgument`, naming the value.
  func validate() throws(SandlotError) {
    guard (1...Self.longestInterval).contains(intervalMilliseconds) else {
      throw SandlotError(
        .invalidArgument,
        "A readiness probe's interval of \(intervalMilliseconds) ms is not within "
          + "1…\(Self.longestInterval) ms.")
    }
    switch check {
    case .port(let port):
      guard (1...65535).contains(port) else {
        throw SandlotError(
          .invalidArgument, "A readiness probe's port \(port) is not within 1…65535.")
      }
    case .command(let arguments):
      try ExecSpecification(execID: "readiness", arguments: arguments).validate()
    }
  }
}
