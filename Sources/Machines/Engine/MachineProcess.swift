import Errors
import GuestProtocol

/// A process that runs, or ran, in a machine.
public protocol MachineProcess: Sendable {
  /// What it writes to standard output, to be consumed once; empty where it is not a pipe.
  var standardOutput: ProcessOutput { get }
  /// What it writes to standard error, to be consumed once; empty where it is not a pipe.
  var standardError: ProcessOutput { get }

  /// Writes to standard input; returns when the bytes are on the way, which waits until the process
  /// has read enough of what came before.
  ///
  /// Returns false where nobody reads any more: the process closed its input or has ended.
  func write(_ bytes: [UInt8]) async throws -> Bool

  /// Closes standard input after what was written. Idempotent.
  func closeStandardInput() async

  /// Sends a signal to the process, or to its whole group; does nothing once it has ended.
  func signal(_ number: Int32, group: Bool) async throws

  /// Waits for the process to end.
  ///
  /// Throws `SandlotError.notFound` where the machine ended first.
  func wait() async throws -> ExitStatus
}

/// The bytes of an output stream, in chunks as they come.
///
/// Taking a chunk lets the process write as many bytes more: a consumer that stops holds the
/// process back and costs no memory. The sequence ends when the stream is closed by everyone who
/// could write to it, and throws `SandlotError.notFound` where the machine has ended first: what
/// came by then is not all that there was.
public struct ProcessOutput: AsyncSequence, Sendable {
  /// A chunk is never empty.
  public typealias Element = [UInt8]

  private let chunks: AsyncThrowingStream<[UInt8], any Error>
  private let taken: @Sendable (Int) -> Void

  /// An output over a stream of chunks; `taken` is told the size of each chunk consumed.
  public init(
    _ chunks: AsyncThrowingStream<[UInt8], any Error>,
    taken: @escaping @Sendable (Int) -> Void = { _ in }
  ) {
    self.chunks = chunks
    self.taken = taken
  }

  /// An output that ends at once.
  public static var empty: ProcessOutput {
    ProcessOutput(AsyncThrowingStream { $0.finish() })
  }

  /// Takes one chunk at a time.
  public struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate var base: AsyncThrowingStream<[UInt8], any Error>.Iterator
    fileprivate let taken: @Sendable (Int) -> Void

    /// The next chunk, or nil at the end.
    public mutating func next() async throws -> [UInt8]? {
      guard let chunk = try await base.next() else { return nil }
      taken(chunk.count)
      return chunk
    }

    /// The next chunk, or nil at the end.
    public mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
      guard let chunk = try await base.next(isolation: actor) else { return nil }
      taken(chunk.count)
      return chunk
    }
  }

  /// Begins to consume; once only.
  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(base: chunks.makeAsyncIterator(), taken: taken)
  }
}
