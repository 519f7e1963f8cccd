/// A process to start in the sandbox's root, in a session of its own.
public struct ProcessSpecification: Equatable, Sendable {
  /// What a standard stream is connected to.
  public enum Stream: UInt8, Sendable, CaseIterable {
    /// `/dev/null`.
    case null = 0
    /// A pipe whose other end is the stream's channel; see `StreamID`.
    case pipe = 1
    /// Standard error only: wherever standard output goes.
    case merged = 2
  }

  /// A pseudo-terminal as the process's controlling terminal and its three standard streams; its
  /// output is the standard output channel, and the standard error channel ends at once.
  public struct Terminal: Equatable, Sendable {
    /// Rows and columns of the window, at least 1.
    public var rows: UInt16
    /// Columns.
    public var columns: UInt16

    /// A window of this size.
    public init(rows: UInt16, columns: UInt16) {
      self.rows = rows
      self.columns = columns
    }
  }

  /// Whether a process takes process 1's place, which the agent has; the agent goes on beside it.
  public enum InitRole: UInt8, Sendable, CaseIterable {
    /// It is a process like others.
    case never = 0
    /// It becomes process 1 where its program is one that is made for that, such as systemd.
    case recognized = 1
    /// It becomes process 1 whatever its program is.
    case always = 2
  }

  /// The host's number for the process, unique for the life of the machine.
  public var id: UInt32
  /// The program and its arguments. A program without `/` is looked up in PATH of `environment`,
  /// inside the sandbox's root. No shell is involved.
  public var arguments: [String]
  /// The whole environment, in order; `NAME=value` each. The agent adds nothing but HOME, where it
  /// is missing, from the user's entry in `/etc/passwd`.
  public var environment: [String]
  /// An absolute directory inside the root.
  public var workingDirectory: String
  /// Whether the agent makes the working directory where it is missing (an image's WORKDIR).
  public var createsWorkingDirectory: Bool
  /// `user`, `uid`, `user:group` or `uid:gid` as in a Dockerfile's USER; empty means root.
  public var user: String
  /// Standard input: `null` or `pipe`.
  public var standardInput: Stream
  /// Standard output: `null` or `pipe`.
  public var standardOutput: Stream
  /// Standard error.
  public var standardError: Stream
  /// A terminal instead of the three streams.
  public var terminal: Terminal?
  /// Whether it becomes process 1; that must be the first process of the machine then.
  public var initRole: InitRole

  /// A process with pipes for all three streams, as root, in `/`.
  public init(id: UInt32, arguments: [String], environment: [String] = []) {
    self.id = id
    self.arguments = arguments
    self.environment = environment
    workingDirectory = "/"
    createsWorkingDirectory = false
    user = ""
    standardInput = .pipe
    standardOutput = .pipe
    standardError = .pipe
    initRole = .never
  }
}

extension ProcessSpecification: WireCodable {
  public init(from reader: inout WireReader) throws(WireError) {
    id = try reader.integer()
    arguments = try reader.list { reader throws(WireError) in try reader.string() }
    environment = try reader.list { reader throws(WireError) in try reader.string() }
    workingDirectory = try reader.string()
    createsWorkingDirectory = try reader.bool()
    user = try reader.string()
    standardInput = try Self.stream(from: &reader)
    standardOutput = try Self.stream(from: &reader)
    standardError = try Self.stream(from: &reader)
    terminal = try reader.optional { reader throws(WireError) in
      Terminal(rows: try reader.integer(), columns: try reader.integer())
    }
    let role = try reader.integer(UInt8.self)
    guard let role = InitRole(rawValue: role) else {
      throw .malformed("a process has the unknown role \(role)")
    }
    initRole = role
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(id)
    writer.write(list: arguments) { $1.write($0) }
    writer.write(list: environment) { $1.write($0) }
    writer.write(workingDirectory)
    writer.write(createsWorkingDirectory)
    writer.write(user)
    writer.write(standardInput.rawValue)
    writer.write(standardOutput.rawValue)
    writer.write(standardError.rawValue)
    writer.write(optional: terminal) {
      $1.write($0.rows)
      $1.write($0.columns)
    }
    writer.write(initRole.rawValue)
  }

  private static func stream(from reader: inout WireReader) throws(WireError) -> Stream {
    let tag = try reader.integer(UInt8.self)
    guard let stream = Stream(rawValue: tag) else {
      throw .malformed("a stream has the unknown mode \(tag)")
    }
    return stream
  }
}
