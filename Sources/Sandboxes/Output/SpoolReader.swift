import Errors

/// A stream's bytes from an absolute offset on, as they come, until the stream ends. Where the oldest
/// are gone, it begins with, or goes on with, those that are there.
///
/// Throws `SandlotError.notFound` where the sandbox ends first, and `CancellationError` where the
/// task is cancelled.
public struct SpoolReader: AsyncSequence, Sendable {
  /// A piece of the stream, never empty, each beginning where the one before ended or later.
  public typealias Element = OutputChunk

  let spool: Spool
  let offset: Int64

  /// A reader from an offset that is not negative.
  package init(_ spool: Spool, from offset: Int64) {
    self.spool = spool
    self.offset = offset
  }

  /// Begins to read.
  public func makeAsyncIterator() -> Iterator {
    Iterator(spool: spool, offset: offset)
  }

  /// One reading of the stream.
  public struct Iterator: AsyncIteratorProtocol {
    private let spool: Spool
    private let reading: Spool.Reading
    private var offset: Int64
    private var file: SpoolFile?
    private var lastPiece: ContinuousClock.Instant?

    init(spool: Spool, offset: Int64) {
      self.spool = spool
      self.offset = offset
      reading = Spool.Reading(of: spool, at: offset)
    }

    /// The next piece, or nil at the end of the stream.
    public mutating func next() async throws -> OutputChunk? {
      try await coalesce()
      while true {
        try Task.checkCancellation()
        switch try spool.position(at: offset) {
        case .readable(let count): if let chunk = try read(count) { return chunk }
        case .gone(let first): offset = first
        // The client chooses the offset, so it may be the largest number that there is.
        case .nothing: await spool.waitFor(length: offset == .max ? .max : offset + 1)
        case .ended:
          file = nil
          spool.isRead.fulfil(())
          return nil
        }
      }
    }

    /// Reads a piece; nil where it has gone meanwhile.
    private mutating func read(_ available: Int64) throws -> OutputChunk? {
      let file = try self.file ?? spool.openForReading()
      self.file = file
      let count = Int(Swift.min(available, Int64(spool.options.maximumChunk)))
      let offset = offset
      let bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, read in
        read = try file.descriptor.read(
          fromAbsoluteOffset: offset, into: UnsafeMutableRawBufferPointer(buffer))
      }
      guard case .readable = try spool.position(at: offset) else { return nil }
      guard !bytes.isEmpty else {
        throw SandlotError(.internal, "Output in \(spool.path) was cut off at byte \(offset).")
      }
      self.offset += Int64(bytes.count)
      reading.advance(to: self.offset)
      lastPiece = .now
      return OutputChunk(offset: offset, bytes: bytes)
    }

    /// Waits, after a piece, until there is enough for the next one, or its time has come.
    private func coalesce() async throws {
      guard let lastPiece else { return }
      let enough = offset + spool.options.coalescedBytes
      let rest = spool.options.coalescing - (.now - lastPiece)
      guard rest > .zero, spool.length < enough, !spool.isEnded else { return }
      _ = try await withDeadline(rest, on: spool.clock) { [spool] in
        await spool.waitFor(length: enough)
      }
    }
  }
}
