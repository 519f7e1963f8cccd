import Errors
import GuestProtocol
import NIOCore
import Synchronization

/// An output stream of a guest process on its way to a consumer, with the credit that holds the
/// process back when the consumer does not keep up.
final class GuestOutput: Sendable {
  /// So many bytes are taken before the agent is told: a frame per chunk would be too many.
  private static let grant = Limits.initialWindow / 4

  private struct State {
    /// What the agent may still send.
    var window = Limits.initialWindow
    /// What was taken and not yet granted again.
    var taken = 0
    var isEnded = false
    /// Whether the consumer has gone; the process goes on and what it writes is dropped.
    var isDropped = false
  }

  private let state = Mutex(State())
  private let continuation: AsyncThrowingStream<[UInt8], any Error>.Continuation
  private let sendCredit: @Sendable (UInt32) -> Void

  private init(
    continuation: AsyncThrowingStream<[UInt8], any Error>.Continuation,
    sendCredit: @escaping @Sendable (UInt32) -> Void
  ) {
    self.continuation = continuation
    self.sendCredit = sendCredit
  }

  /// An output and what its consumer gets; `sendCredit` tells the agent about more window.
  static func make(
    sendCredit: @escaping @Sendable (UInt32) -> Void
  ) -> (output: GuestOutput, consumed: ProcessOutput) {
    let (stream, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
    let output = GuestOutput(continuation: continuation, sendCredit: sendCredit)
    continuation.onTermination = { [weak output] reason in
      if case .cancelled = reason { output?.drop() }
    }
    return (output, ProcessOutput(stream) { output.consumed($0) })
  }

  var isEnded: Bool { state.withLock { $0.isEnded } }

  /// Takes bytes from the agent; throws where it had no credit for them.
  func receive(_ bytes: ByteBuffer) throws {
    let count = bytes.readableBytes
    let isDropped = try state.withLock { state throws(WireError) in
      guard !state.isEnded, count > 0 else {
        throw .malformed("data came that no stream can have sent")
      }
      guard count <= state.window else {
        throw .malformed("\(count) bytes came where \(state.window) were allowed")
      }
      state.window -= count
      return state.isDropped
    }
    if isDropped {
      take(count)
    } else {
      continuation.yield(Array(bytes.readableBytesView))
    }
  }

  /// The stream is over.
  func end() {
    state.withLock { $0.isEnded = true }
    continuation.finish()
  }

  /// The machine is gone, and with it whatever else there was.
  func fail(_ error: SandlotError) {
    state.withLock { $0.isEnded = true }
    continuation.finish(throwing: error)
  }

  private func consumed(_ count: Int) {
    // `drop` has counted everything that came before it.
    if !state.withLock({ $0.isDropped }) { take(count) }
  }

  private func drop() {
    // What was on the way counts as taken, or the process would wait for ever.
    let unseen = state.withLock { state in
      state.isDropped = true
      return Limits.initialWindow - state.window - state.taken
    }
    take(unseen)
  }

  private func take(_ count: Int) {
    let granted = state.withLock { state -> Int in
      state.taken += count
      guard state.taken >= Self.grant, !state.isEnded else { return 0 }
      defer { state.taken = 0 }
      state.window += state.taken
      return state.taken
    }
    if granted > 0 { sendCredit(UInt32(granted)) }
  }
}
