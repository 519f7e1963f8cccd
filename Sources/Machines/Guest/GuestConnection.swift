import Errors
import GuestProtocol
import NIOCore
import NIOPosix
import Synchronization
import SystemPackage

/// The conversation with the agent of one machine, over the socket of its virtio-serial port.
package final class GuestConnection: Sendable {
  /// How long the agent may take to answer an ordinary request; generous, because under TCG many
  /// machines may share one core.
  package static let ordinaryLimit: Duration = .seconds(60)

  struct State {
    var isLost = false
    var nextRequest: UInt32 = 1
    var requests: [UInt32: Latch<Result<Reply, SandlotError>>] = [:]
    var nextProcess: UInt32 = 1
    var processes: [UInt32: GuestProcessChannels] = [:]
  }

  /// The machine's id, for errors; a spare machine gets another when it is handed out.
  var machine: String { name.withLock { $0 } }
  private let name: Mutex<String>
  /// Why the connection ended: what was wrong with it, or nil where it was just closed.
  let lost = Latch<String?>()

  let channel: any Channel
  private let clock: any Clock<Duration>
  let state = Mutex(State())
  let greeting = Latch<Result<Hello, SandlotError>>()

  init(machine: String, channel: any Channel, clock: any Clock<Duration>) {
    name = Mutex(machine)
    self.channel = channel
    self.clock = clock
  }

  /// Connects to the socket of an agent's port; the agent itself need not be there yet.
  package static func open(
    path: FilePath, machine: String, clock: any Clock<Duration> = ContinuousClock(),
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) async throws -> GuestConnection {
    try await ClientBootstrap(group: group)
      // Whole windows fit, so that a busy stream costs few system calls.
      .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 1 << 18))
      .connect(unixDomainSocketPath: path.string) { channel in
        channel.eventLoop.makeCompletedFuture {
          let connection = GuestConnection(machine: machine, channel: channel, clock: clock)
          let handler = GuestFrameHandler(connection: connection)
          try channel.pipeline.syncOperations.addHandler(handler)
          return connection
        }
      }
  }

  /// Opens the session; returns what the agent said once it has, which is after the guest booted.
  ///
  /// Throws `SandlotError`: `failedPrecondition` where the agent is of another build.
  package func greet() async throws -> Hello {
    send(Frame.Kind.hello, channel: 0, Hello().encoded())
    let hello = try await greeting.waitUnlessCancelled().get()
    guard hello.version == ProtocolVersion.current else {
      throw SandlotError(
        .failedPrecondition,
        "The agent in the initramfs speaks version \(hello.version) of the guest protocol, and "
          + "this server speaks version \(ProtocolVersion.current).",
        hint: "Prepare the initramfs again with the agent of the server's own build.")
    }
    return hello
  }

  /// Asks the agent for something and waits for its answer.
  package func request(
    _ request: Request, limit: Duration = ordinaryLimit
  ) async throws -> Reply {
    let message = request.encoded()
    // The agent would take a longer one for nonsense, and hear nothing more of this session.
    guard message.count <= Limits.maximumPayload else {
      throw SandlotError(
        .invalidArgument,
        "A request of \(message.count) bytes is more than the \(Limits.maximumPayload) that a "
          + "machine takes; a process's arguments and environment are part of it.")
    }
    let answer = Latch<Result<Reply, SandlotError>>()
    let number = try state.withLock { state throws(SandlotError) in
      guard !state.isLost else { throw ended }
      defer { state.nextRequest &+= 1 }
      state.requests[state.nextRequest] = answer
      return state.nextRequest
    }
    defer { state.withLock { _ = $0.requests.removeValue(forKey: number) } }
    send(.request, channel: number, message)
    let machine = machine
    let late: @Sendable () -> SandlotError = {
      SandlotError(.deadlineExceeded, "The agent of \(machine) did not answer within \(limit).")
    }
    return try await withTimeLimit(limit, clock: clock, late: late) {
      try await answer.waitUnlessCancelled().get()
    }
  }

  /// Asks the agent for something that has no result.
  package func perform(_ request: Request, limit: Duration = ordinaryLimit) async throws {
    if case .failure(let failure) = try await self.request(request, limit: limit) {
      throw SandlotError(failure)
    }
  }

  /// Gives the machine another id, for errors.
  func rename(to id: String) { name.withLock { $0 = id } }

  /// Ends the connection; whatever waits for the machine fails.
  package func close() {
    lose(reason: nil)
    channel.close(promise: nil)
  }

  /// Waits until the conversation is over; returns what was wrong with it, if anything was.
  package func waitUntilLost() async -> String? { await lost.wait() }

  /// The error of everything that is asked of a machine that is gone.
  var ended: SandlotError { SandlotError(.notFound, "\(machine) has ended.") }
}
