import Errors
import GuestProtocol
import NIOCore

/// The connection's side of one process: its streams and its end.
///
/// It is apart from `GuestProcess` so that a process that nobody holds any more is noticed: the
/// connection keeps only this.
final class GuestProcessChannels: Sendable {
  let number: UInt32
  let input: GuestInput
  let exit = Latch<Result<ExitStatus, SandlotError>>()

  private let output: GuestOutput?
  private let error: GuestOutput?

  private init(number: UInt32, input: GuestInput, output: GuestOutput?, error: GuestOutput?) {
    self.number = number
    self.input = input
    self.output = output
    self.error = error
  }

  /// The channels of a process that runs `command`, and the process that its owner holds.
  static func make(
    number: UInt32, command: MachineCommand, connection: GuestConnection
  ) -> (channels: GuestProcessChannels, process: GuestProcess) {
    let isTerminal = command.terminal != nil
    func stream(
      _ descriptor: StreamID.Descriptor, isPipe: Bool
    ) -> (output: GuestOutput?, consumed: ProcessOutput) {
      guard isPipe else { return (nil, .empty) }
      let channel = StreamID(process: number, descriptor).channel
      return GuestOutput.make { [weak connection] count in
        var writer = WireWriter()
        writer.write(count)
        connection?.send(.credit, channel: channel, writer.bytes)
      }
    }
    let output = stream(.standardOutput, isPipe: isTerminal || command.standardOutput == .pipe)
    let error = stream(.standardError, isPipe: !isTerminal && command.standardError == .pipe)
    let channels = GuestProcessChannels(
      number: number, input: GuestInput(isOpen: isTerminal || command.standardInput == .pipe),
      output: output.output, error: error.output)
    let process = GuestProcess(
      channels: channels, connection: connection, standardOutput: output.consumed,
      standardError: error.consumed)
    return (channels, process)
  }

  /// Whether nothing more can come from it.
  var isComplete: Bool {
    exit.current != nil && (output?.isEnded ?? true) && (error?.isEnded ?? true)
  }

  func receive(_ frame: GuestFrame, for descriptor: StreamID.Descriptor) throws {
    switch (frame.kind, descriptor) {
    case (.data, .standardOutput): try receive(frame.payload, output)
    case (.data, .standardError): try receive(frame.payload, error)
    case (.end, .standardInput): input.close()
    case (.end, .standardOutput): output?.end()
    case (.end, .standardError): error?.end()
    case (.credit, .standardInput):
      var payload = frame.payload
      guard let count = payload.readInteger(endianness: .little, as: UInt32.self) else {
        throw WireError.malformed("a credit has no amount")
      }
      try input.grant(count)
    default: throw WireError.malformed("a \(frame.kind) frame came for \(descriptor)")
    }
  }

  func exited(_ status: ExitStatus) {
    input.close()
    exit.set(.success(status))
  }

  func lost(_ failure: SandlotError) {
    input.fail(failure)
    output?.fail(failure)
    error?.fail(failure)
    exit.set(.failure(failure))
  }

  private func receive(_ bytes: ByteBuffer, _ stream: GuestOutput?) throws {
    guard let stream else { throw WireError.malformed("data came for a stream that is no pipe") }
    try stream.receive(bytes)
  }
}
