import Errors
import GuestProtocol
import Machines

/// A process's standard input, written by absolute offsets so that a client may repeat itself.
///
/// One piece is on its way at a time. It counts as accepted once the process has room for it; its
/// writer may leave meanwhile, the piece goes on. So a writer that comes back with the offset of
/// the last answer repeats at most bytes that are skipped.
actor StandardInput {
  /// What is handed to the machine at once.
  private static let pieceSize = 256 * 1024

  private let started: Promise<Result<any MachineProcess, SandlotError>>
  private let exit: Promise<Result<ExitStatus, SandlotError>>
  private let context: SandboxContext

  private var accepted: Int64 = 0
  private var isClosed = false
  private var isBroken = false
  /// Kept when the piece on its way has arrived.
  private var piece: Promise<Void>?
  private var stream: UInt64 = 0
  private var streamPosition: Int64 = 0

  init(
    started: Promise<Result<any MachineProcess, SandlotError>>,
    exit: Promise<Result<ExitStatus, SandlotError>>, context: SandboxContext
  ) {
    self.started = started
    self.exit = exit
    self.context = context
  }

  /// How much was accepted; evicts a stream that still writes.
  func status() async throws -> InputStatus {
    _ = try await started.value().get()
    stream += 1
    return InputStatus(written: accepted, closed: isClosed)
  }

  /// How much was accepted, once nothing is on its way any more.
  func settledPosition() async throws -> Int64 {
    _ = try await started.value().get()
    while let piece { try await piece.value() }
    return accepted
  }

  /// A new stream of writes; evicts the one before.
  func beginStream(at offset: Int64) async throws -> ExecInputStream {
    _ = try await started.value().get()
    try check(offset)
    stream += 1
    streamPosition = offset
    return ExecInputStream(input: self, id: stream)
  }

  /// The next bytes of a stream.
  func write(_ bytes: [UInt8], stream id: UInt64, eof: Bool) async throws {
    try check(stream: id)
    let offset = streamPosition
    streamPosition += Int64(bytes.count)
    try await write(bytes, at: offset, eof: eof, stream: id)
  }

  /// Bytes at an offset, and the end of input after them.
  func write(
    _ bytes: [UInt8], at offset: Int64, eof: Bool, stream id: UInt64? = nil
  ) async throws {
    let process = try await started.value().get()
    while true {
      while let piece { try await piece.value() }
      if let id { try check(stream: id) }
      try check(offset)
      let skipped = min(Int(accepted - offset), bytes.count)
      guard skipped < bytes.count else { break }
      try await checkOpen()
      try await send(bytes[skipped...].prefix(Self.pieceSize), to: process)
    }
    if eof, !isClosed {
      isClosed = true
      await process.closeStandardInput()
    }
  }

  /// Hands over one piece. It goes on by itself where the writer is cancelled, since nobody could
  /// tell how much of it had arrived.
  private func send(_ bytes: ArraySlice<UInt8>, to process: any MachineProcess) async throws {
    guard piece == nil else { return }
    let promise = Promise<Void>()
    piece = promise
    Task {
      let isTaken = (try? await process.write(Array(bytes))) ?? false
      arrive(isTaken ? Int64(bytes.count) : nil)
      promise.fulfil(())
    }
    try await promise.value()
  }

  private func arrive(_ count: Int64?) {
    piece = nil
    if let count { accepted += count } else { isBroken = true }
  }

  private func check(_ offset: Int64) throws(SandlotError) {
    guard offset < 0 || offset > accepted else { return }
    throw SandlotError(
      .invalidArgument,
      "Input at offset \(offset) leaves a gap: \(accepted) bytes have been accepted.",
      hint: "Go on from offset \(accepted).")
  }

  private func check(stream id: UInt64) throws(SandlotError) {
    guard id != stream else { return }
    throw SandlotError(
      .failedPrecondition, "This input stream was replaced by a newer one, or by a status request.")
  }

  private func checkOpen() async throws {
    if isClosed {
      throw SandlotError(
        .failedPrecondition, "The input was closed at offset \(accepted); nothing can follow.")
    }
    // A process that dies stops reading before its end is known here. The SDK takes the refusal
    // for harmless only where it then sees the end, so the end gets a moment to arrive.
    if isBroken {
      _ = try await withDeadline(context.limits.drainGrace, on: context.clock) { [exit] in
        try await exit.value()
      }
    }
    switch exit.current {
    case .success: throw SandlotError(.failedPrecondition, "The process has ended.")
    case .failure(let error): throw error
    case nil where isBroken:
      throw SandlotError(.failedPrecondition, "The process does not read its input any more.")
    case nil: return
    }
  }
}

/// A stream of writes to a process's standard input; the bytes follow one another.
///
/// Its writes throw `SandlotError.failedPrecondition` once a newer stream or a status request has
/// taken its place.
public struct ExecInputStream: Sendable {
  let input: StandardInput
  let id: UInt64

  /// Writes the next bytes; returns when the process has room for them.
  public func write(_ bytes: [UInt8]) async throws {
    try await input.write(bytes, stream: id, eof: false)
  }

  /// Closes the input.
  public func end() async throws {
    try await input.write([], stream: id, eof: true)
  }
}
