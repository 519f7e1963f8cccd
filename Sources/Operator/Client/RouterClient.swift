import Errors
import Foundation
import GRPCCore
import ModalProtocol

/// What a command asks for.
public struct RemoteCommand: Sendable, Equatable {
  /// Program and arguments.
  public var arguments: [String]
  /// Where it runs; nil means where the sandbox's own commands do.
  public var workingDirectory: String?
  /// Added to the sandbox's environment.
  public var environment: [String: String] = [:]
  /// The terminal that it gets; nil for pipes.
  public var terminal: TerminalSize?

  /// A command on pipes.
  public init(_ arguments: [String]) { self.arguments = arguments }
}

/// A terminal as a process shall find it.
public struct TerminalSize: Sendable, Equatable {
  /// Lines.
  public var rows: UInt32
  /// Characters in a line.
  public var columns: UInt32
  /// `TERM`.
  public var kind: String
  /// `COLORTERM`.
  public var colours: String

  /// A terminal.
  public init(rows: UInt32, columns: UInt32, kind: String, colours: String) {
    self.rows = rows
    self.columns = columns
    self.kind = kind
    self.colours = colours
  }
}

/// A running sandbox's data plane.
public struct RouterClient: Sendable {
  /// The two streams that a process writes.
  public enum Output: Sendable {
    case standardOutput
    case standardError
  }

  let connection: ServerConnection
  let taskID: String
  let jwt: String

  /// Starts a command; returns its exec id. Throws `SandlotError`.
  public func start(_ command: RemoteCommand) async throws -> String {
    let execID = UUID().uuidString.lowercased()
    _ = try await connection.call {
      try await service.taskExecStart(
        .with {
          $0.taskID = taskID
          $0.execID = execID
          $0.commandArgs = command.arguments
          $0.stdoutConfig = .pipe
          $0.stderrConfig = .pipe
          $0.workdir = command.workingDirectory ?? ""
          $0.env = command.environment
          if let terminal = command.terminal { $0.ptyInfo = .init(terminal) }
        }, metadata: metadata, options: connection.options(.seconds(60)))
    }
    return execID
  }

  /// Hands out what a command writes until the stream ends. Throws `SandlotError`.
  public func read(
    _ output: Output, of execID: String, _ body: @escaping @Sendable (Data) async throws -> Void
  ) async throws {
    let request = Modal_TaskCommandRouter_TaskExecStdioReadRequest.with {
      $0.taskID = taskID
      $0.execID = execID
      $0.fileDescriptor = output == .standardError ? .stderr : .stdout
    }
    try await connection.call {
      try await service.taskExecStdioRead(
        request, metadata: metadata, options: connection.options(nil)
      ) { response in
        for try await message in response.messages { try await body(message.data) }
      }
    }
  }

  /// Writes to a command's standard input at an offset. Throws `SandlotError`.
  public func write(
    _ bytes: [UInt8], at offset: UInt64, to execID: String, isLast: Bool = false
  ) async throws {
    _ = try await connection.call {
      try await service.taskExecStdinWrite(
        .with {
          $0.taskID = taskID
          $0.execID = execID
          $0.offset = offset
          $0.data = Data(bytes)
          $0.eof = isLast
        }, metadata: metadata, options: connection.options(nil))
    }
  }

  /// Waits for a command's end; returns its code as a shell would. Throws `SandlotError`.
  public func wait(for execID: String) async throws -> Int32 {
    let answer = try await connection.call {
      try await service.taskExecWait(
        .with {
          $0.taskID = taskID
          $0.execID = execID
        }, metadata: metadata, options: connection.options(nil))
    }
    switch answer.exitStatus {
    case .code(let code): return code
    case .signal(let signal): return 128 + signal
    case nil: throw SandlotError(.internal, "The server does not say how the command ended.")
    }
  }

  private var metadata: Metadata { ["authorization": .string("Bearer \(jwt)")] }

  private var service: Modal_TaskCommandRouter_TaskCommandRouter.Client<ServerConnection.Transport>
  {
    Modal_TaskCommandRouter_TaskCommandRouter.Client(wrapping: connection.client)
  }
}

extension Modal_Client_PTYInfo {
  fileprivate init(_ terminal: TerminalSize) {
    self.init()
    enabled = true
    winszRows = terminal.rows
    winszCols = terminal.columns
    envTerm = terminal.kind
    envColorterm = terminal.colours
    ptyType = .shell
  }
}
