import Glibc
import GuestProtocol

/// A process's standard input: what came from the host and the process has not taken yet.
final class InputStream {
  /// What one attempt to write brought.
  enum Progress {
    /// The process does not take more now.
    case blocked
    /// Everything that came is written.
    case drained
    /// Nothing will be written any more: the host ended the stream, and all of it is written.
    case finished
    /// Nobody reads it any more.
    case broken
  }

  let id: StreamID
  let descriptor: Descriptor
  /// Whether the loop watches for it to take bytes again.
  var isWatched = false
  private var queue = ByteQueue()
  private var isEnding = false
  private var written = 0

  init(id: StreamID, descriptor: Descriptor) {
    self.id = id
    self.descriptor = descriptor
  }

  /// Takes bytes from the host. Throws where it sent far more than was granted.
  func append(_ bytes: [UInt8]) throws(WireError) {
    guard queue.count + bytes.count <= 2 * Limits.initialWindow else {
      throw .malformed("the host exceeds the window of channel \(id.channel)")
    }
    queue.append(bytes)
  }

  /// The host sends no more.
  func end() { isEnding = true }

  /// Writes what the process takes.
  func write() -> Progress {
    while !queue.isEmpty {
      let count = queue.withBytes { bytes in
        retried { Glibc.write(descriptor.number, bytes.baseAddress, bytes.count) }
      }
      guard count > 0 else { return errno == EAGAIN ? .blocked : .broken }
      queue.removeFirst(count)
      written += count
    }
    return isEnding ? .finished : .drained
  }

  /// How many bytes were written since the last call: the host is granted as many.
  func takeWritten() -> Int {
    defer { written = 0 }
    return written
  }
}
