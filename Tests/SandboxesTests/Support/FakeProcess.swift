import Errors
import GuestProtocol
import Machines
import Sandboxes
import Synchronization

/// A process that does what the test says.
final class FakeProcess: MachineProcess {
  let command: MachineCommand
  let standardOutput: ProcessOutput
  let standardError: ProcessOutput
  /// What was written to it, piece by piece.
  let pieces = Mailbox<[UInt8]>()
  /// Signals and whether they went to the group.
  let signals = Mailbox<Int32>()
  let inputClosed = Promise<Void>()

  private let output: AsyncThrowingStream<[UInt8], any Error>.Continuation
  private let error: AsyncThrowingStream<[UInt8], any Error>.Continuation
  private let status = Promise<Result<GuestProtocol.ExitStatus, SandlotError>>()
  private let input = Mutex(Input())
  private let takenBytes = Sum()

  private struct Input {
    var bytes: [UInt8] = []
    var isOpen = true
    /// A writer waits for this before its piece is taken.
    var gate: Promise<Void>?
  }

  init(_ command: MachineCommand) {
    self.command = command
    let (outputStream, output) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
    let (errorStream, error) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
    self.output = output
    self.error = error
    let takenBytes = takenBytes
    standardOutput = ProcessOutput(outputStream) { takenBytes.add($0) }
    standardError = ProcessOutput(errorStream)
    if command.terminal != nil || command.standardError != .pipe { error.finish() }
    if command.standardOutput != .pipe { output.finish() }
  }

  /// Everything that was written to it.
  var received: [UInt8] { input.withLock { $0.bytes } }

  /// How many bytes of its standard output were taken from it.
  var taken: Int { takenBytes.value }

  func print(_ text: String) { print(Array(text.utf8)) }
  func print(_ bytes: [UInt8]) { output.yield(bytes) }
  func complain(_ text: String) { error.yield(Array(text.utf8)) }

  /// Closes both outputs, as the end of the last process that holds them does.
  func closeOutput() {
    output.finish()
    error.finish()
  }

  /// Ends without closing the outputs.
  func leave(_ result: GuestProtocol.ExitStatus) { status.fulfil(.success(result)) }

  /// Closes the outputs and ends.
  func exit(_ result: GuestProtocol.ExitStatus = .code(0)) {
    closeOutput()
    leave(result)
  }

  /// Takes nothing more until the gate is opened.
  func stopReading() -> Promise<Void> {
    let gate = Promise<Void>()
    input.withLock { $0.gate = gate }
    return gate
  }

  /// What becomes of it when its machine ends.
  func die() {
    let end = SandlotError(.notFound, "The machine has ended.")
    output.finish(throwing: end)
    error.finish(throwing: end)
    status.fulfil(.failure(end))
    closeInput()
    input.withLock { $0.gate }?.fulfil(())
  }

  /// Nobody reads from now on.
  func closeInput() { input.withLock { $0.isOpen = false } }

  func write(_ bytes: [UInt8]) async throws -> Bool {
    pieces.put(bytes)
    try await input.withLock { $0.gate }?.value()
    guard status.current == nil else { return false }
    return input.withLock { input in
      guard input.isOpen else { return false }
      input.bytes += bytes
      return true
    }
  }

  func closeStandardInput() async { inputClosed.fulfil(()) }

  func signal(_ number: Int32, group: Bool) async throws {
    signals.put(group ? number : -number)
    if number == 9 { exit(.signal(9)) }
  }

  func wait() async throws -> GuestProtocol.ExitStatus { try await status.value().get() }
}

/// A number that many add to.
private final class Sum: Sendable {
  private let total = Mutex(0)

  var value: Int { total.withLock { $0 } }

  func add(_ count: Int) { total.withLock { $0 += count } }
}
