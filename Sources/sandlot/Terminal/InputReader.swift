import Foundation
import Glibc

/// Standard input, piece by piece; read by a thread of its own, which waits until each was taken.
///
/// A read of a terminal cannot be ended from outside, so the thread may outlive its use; it ends with
/// the process.
struct InputReader {
  /// A piece of the input.
  struct Chunk: Sendable {
    let bytes: [UInt8]
    /// Lets the next piece be read.
    let taken: @Sendable () -> Void
  }

  /// The pieces up to the end of the input.
  let chunks: AsyncStream<Chunk>

  init() {
    let (stream, continuation) = AsyncStream<Chunk>.makeStream()
    chunks = stream
    // A semaphore must not have less than at its beginning when it goes.
    let room = DispatchSemaphore(value: 0)
    room.signal()
    let thread = Thread {
      while true {
        room.wait()
        let bytes = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
          count = max(0, read(STDIN_FILENO, buffer.baseAddress, buffer.count))
        }
        guard !bytes.isEmpty else { break }
        continuation.yield(Chunk(bytes: bytes) { room.signal() })
      }
      continuation.finish()
    }
    thread.start()
  }
}
