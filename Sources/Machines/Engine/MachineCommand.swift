import GuestProtocol

/// A process to start in a machine; the fields mean what `ProcessSpecification`'s do.
public struct MachineCommand: Sendable, Equatable {
  /// The program and its arguments.
  public var arguments: [String]
  /// `NAME=value` each, complete.
  public var environment: [String]
  /// An absolute directory.
  public var workingDirectory: String
  /// Whether a missing working directory is made.
  public var createsWorkingDirectory: Bool
  /// A Dockerfile's USER; empty means root.
  public var user: String
  /// Standard input.
  public var standardInput: ProcessSpecification.Stream
  /// Standard output.
  public var standardOutput: ProcessSpecification.Stream
  /// Standard error.
  public var standardError: ProcessSpecification.Stream
  /// A terminal instead of the three streams.
  public var terminal: ProcessSpecification.Terminal?
  /// Whether it becomes process 1 of the machine; it must be the first command then.
  public var initRole: ProcessSpecification.InitRole

  /// A command with pipes for all streams, as root, in `/`.
  public init(arguments: [String], environment: [String] = []) {
    self.arguments = arguments
    self.environment = environment
    workingDirectory = "/"
    createsWorkingDirectory = false
    user = ""
    standardInput = .pipe
    standardOutput = .pipe
    standardError = .pipe
    terminal = nil
    initRole = .never
  }
}
