import Errors
import GuestProtocol

/// A process in a guest, as its owner sees it.
///
/// When nobody holds it any more, or a consumer of an output is cancelled, the process goes on and
/// what it writes is dropped.
package final class GuestProcess: MachineProcess {
  package let standardOutput: ProcessOutput
  package let standardError: ProcessOutput

  private let channels: GuestProcessChannels
  private let connection: GuestConnection

  init(
    channels: GuestProcessChannels, connection: GuestConnection, standardOutput: ProcessOutput,
    standardError: ProcessOutput
  ) {
    self.channels = channels
    self.connection = connection
    self.standardOutput = standardOutput
    self.standardError = standardError
  }

  package func write(_ bytes: [UInt8]) async throws -> Bool {
    var rest = bytes[...]
    repeat {
      let wanted = min(rest.count, Limits.maximumChunk)
      guard let count = try await channels.input.reserve(upTo: wanted) else { return false }
      if count > 0 { try await connection.sendData(channel: inputChannel, rest.prefix(count)) }
      rest = rest.dropFirst(count)
    } while !rest.isEmpty
    return true
  }

  package func closeStandardInput() async {
    if channels.input.close() { connection.send(.end, channel: inputChannel, EmptyCollection()) }
  }

  package func signal(_ number: Int32, group: Bool) async throws {
    guard channels.exit.current == nil else { return }
    let request = Request.signal(process: channels.number, number: number, group: group)
    let reply = try await connection.request(request)
    // A process that ended meanwhile is unknown to the agent: there is nobody to signal.
    guard case .failure(let failure) = reply, failure.kind != .invalidState else { return }
    throw SandlotError(failure)
  }

  package func wait() async throws -> ExitStatus {
    try await channels.exit.waitUnlessCancelled().get()
  }

  private var inputChannel: UInt32 {
    StreamID(process: channels.number, .standardInput).channel
  }

  /// Asks the agent to start it; it is forgotten where that fails.
  func start(_ command: MachineCommand) async throws {
    let number = channels.number
    do {
      let specification = ProcessSpecification(id: number, command)
      try await connection.perform(.spawn(specification))
    } catch {
      // It may have been started all the same where the answer was not awaited.
      connection.post(.signal(process: number, number: 9, group: true))
      connection.forget(process: number)
      throw error
    }
  }
}

extension GuestConnection {
  /// Starts a process.
  package func spawn(_ command: MachineCommand) async throws -> GuestProcess {
    let process = try register(command)
    try await process.start(command)
    return process
  }
}

extension ProcessSpecification {
  /// What the agent is told to start.
  init(id: UInt32, _ command: MachineCommand) {
    self.init(id: id, arguments: command.arguments, environment: command.environment)
    workingDirectory = command.workingDirectory
    createsWorkingDirectory = command.createsWorkingDirectory
    user = command.user
    standardInput = command.standardInput
    standardOutput = command.standardOutput
    standardError = command.standardError
    terminal = command.terminal
    initRole = command.initRole
  }
}

extension SandlotError {
  /// What the agent's refusal means to the one who asked.
  init(_ failure: GuestFailure) {
    switch failure.kind {
    case .programNotFound, .notExecutable, .workingDirectory, .argumentsTooLong, .unknownUser:
      self.init(.invalidArgument, failure.message)
    case .invalidState:
      self.init(.failedPrecondition, failure.message)
    case .system:
      // ENOSPC of errno(3): the sandbox's disk is full.
      self.init(failure.errno == 28 ? .resourceExhausted : .internal, failure.message)
    }
  }
}
