import Errors
import GuestProtocol
import NIOCore

extension GuestConnection {
  /// Takes a process's channels into the conversation, under a number of their own.
  func register(_ command: MachineCommand) throws -> GuestProcess {
    try state.withLock { state throws(SandlotError) in
      guard !state.isLost else { throw ended }
      let number = state.nextProcess
      guard number < 1 << 30 else {
        throw SandlotError(.resourceExhausted, "\(machine) can start no more processes.")
      }
      state.nextProcess += 1
      let made = GuestProcessChannels.make(number: number, command: command, connection: self)
      state.processes[number] = made.channels
      return made.process
    }
  }

  /// Forgets a process; what still comes from it is dropped.
  func forget(process number: UInt32) {
    state.withLock { _ = $0.processes.removeValue(forKey: number) }
  }

  /// Asks for something whose outcome matters to nobody.
  func post(_ request: Request) {
    let number = state.withLock { state in
      defer { state.nextRequest &+= 1 }
      return state.nextRequest
    }
    send(.request, channel: number, request.encoded())
  }

  /// Sends a frame; the caller sees to order and to credit.
  func send(_ kind: Frame.Kind, channel number: UInt32, _ payload: some Collection<UInt8>) {
    channel.writeAndFlush(encoded(kind, channel: number, payload), promise: nil)
  }

  /// Sends bytes of a stream, and waits until QEMU has taken them: an agent that grants credit and
  /// reads nothing would fill the server's memory otherwise.
  func sendData(channel number: UInt32, _ payload: some Collection<UInt8>) async throws {
    let sent = Latch<Bool>()
    channel.writeAndFlush(encoded(.data, channel: number, payload)).whenComplete { result in
      if case .success = result { sent.set(true) } else { sent.set(false) }
    }
    guard try await sent.waitUnlessCancelled() else { throw ended }
  }

  private func encoded(
    _ kind: Frame.Kind, channel number: UInt32, _ payload: some Collection<UInt8>
  ) -> ByteBuffer {
    var buffer = channel.allocator.buffer(capacity: Frame.headerSize + payload.count)
    buffer.writeInteger(UInt32(payload.count), endianness: .little)
    buffer.writeInteger(kind.rawValue)
    buffer.writeInteger(number, endianness: .little)
    buffer.writeBytes(payload)
    return buffer
  }

  /// Acts on a frame from the agent; throws where it is none that an agent sends.
  func receive(_ frame: GuestFrame) throws {
    switch frame.kind {
    case .hello: greeting.set(.success(try frame.message()))
    case .reply:
      let reply = try frame.message(Reply.self)
      state.withLock { $0.requests.removeValue(forKey: frame.channel) }?.set(.success(reply))
    case .event:
      switch try frame.message(Event.self) {
      case .exited(let process, let status):
        forward(to: process) { $0.exited(status) }
      }
    case .data, .end, .credit:
      guard let stream = StreamID(channel: frame.channel) else {
        throw WireError.malformed("channel \(frame.channel) is none")
      }
      try forward(to: stream.process) { try $0.receive(frame, for: stream.descriptor) }
    case .request: throw WireError.malformed("an agent asked for something")
    }
  }

  private func forward(
    to process: UInt32, _ body: (GuestProcessChannels) throws -> Void
  ) rethrows {
    guard let channels = state.withLock({ $0.processes[process] }) else { return }
    try body(channels)
    if channels.isComplete { forget(process: process) }
  }

  /// The conversation is over.
  func lose(reason: String?) {
    let (requests, processes) = state.withLock { state in
      defer {
        state.isLost = true
        state.requests = [:]
        state.processes = [:]
      }
      return (state.requests, state.processes)
    }
    let error = ended
    requests.values.forEach { $0.set(.failure(error)) }
    processes.values.forEach { $0.lost(error) }
    greeting.set(.failure(error))
    lost.set(reason)
  }
}
