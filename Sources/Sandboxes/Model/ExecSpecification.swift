/// A process to run in a sandbox.
public struct ExecSpecification: Sendable, Equatable {
  /// What an output stream is connected to.
  public enum Output: Sendable, Equatable {
    /// `/dev/null`.
    case discard
    /// Kept for readers.
    case pipe
    /// Standard error only: goes where standard output goes.
    case merged
  }

  /// The client's id of the exec; a second start with it is the same exec.
  public var execID: String
  /// The program and its arguments; no shell is involved.
  public var arguments: [String]
  /// An absolute directory; nil means the sandbox's.
  public var workingDirectory: String?
  /// Variables over the sandbox's; of two with one name the later wins.
  public var environment: [EnvironmentVariable] = []
  /// Standard output: discard or pipe.
  public var standardOutput: Output = .pipe
  /// Standard error.
  public var standardError: Output = .pipe
  /// Kills the process group after so many seconds; nil and 0 mean never.
  public var timeoutSeconds: UInt32?
  /// A terminal instead of three streams.
  public var terminal: TerminalSettings?

  /// An exec with pipes, in the sandbox's working directory.
  public init(execID: String, arguments: [String]) {
    self.execID = execID
    self.arguments = arguments
  }
}

/// An output stream of a process.
public enum OutputStreamName: String, Sendable, CaseIterable {
  /// Descriptor 1; a terminal's only output.
  case standardOutput
  /// Descriptor 2; ends without data for a terminal or a merged stream.
  case standardError
}

/// A piece of a stream's bytes.
public struct OutputChunk: Sendable, Equatable {
  /// The absolute position of the first byte.
  public var offset: Int64
  /// Never empty.
  public var bytes: [UInt8]
}

/// How far a process's standard input has come.
public struct InputStatus: Sendable, Equatable {
  /// Bytes accepted so far; what a client that lost its stream goes on from.
  public var written: Int64
  /// Whether the end of input was accepted.
  public var closed: Bool

  /// A status.
  public init(written: Int64, closed: Bool) {
    self.written = written
    self.closed = closed
  }
}
