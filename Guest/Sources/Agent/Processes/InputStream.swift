import CLinux
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

  /// A new line, and what a terminal's Enter key sends.
  private static let lineEnds = Array("\n\r".utf8)

  let id: StreamID
  let descriptor: Descriptor
  /// Whether the loop watches for it to take bytes again.
  var isWatched = false
  private var queue = ByteQueue()
  private let isTerminal: Bool
  private var isEnding = false
  private var written = 0
  /// Bytes from the host that it was not granted again.
  private var ungranted = 0
  /// Whether the next byte is a line's first.
  private var isAtLineStart = true

  init(id: StreamID, descriptor: Descriptor, isTerminal: Bool) {
    self.id = id
    self.descriptor = descriptor
    self.isTerminal = isTerminal
  }

  /// Takes bytes from the host. Throws where it sent far more than was granted.
  func append(_ bytes: [UInt8]) throws(WireError) {
    guard queue.count + bytes.count <= 2 * Limits.initialWindow else {
      throw .malformed("the host exceeds the window of channel \(id.channel)")
    }
    queue.append(bytes)
    ungranted += bytes.count
    if let last = bytes.last { isAtLineStart = Self.lineEnds.contains(last) }
  }

  /// The host sends no more.
  ///
  /// A terminal is two-way, and closing it would hang up on its process: the character that ends
  /// input is typed instead, twice where the first one only ends a line that was begun.
  func end() {
    guard isTerminal else {
      isEnding = true
      return
    }
    let character = clinux_terminal_end_character(descriptor.number)
    guard let byte = UInt8(exactly: character) else { return }
    queue.append(Array(repeating: byte, count: isAtLineStart ? 1 : 2))
  }

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
    // What is typed for the host comes last, and is not its own.
    let count = min(written, ungranted)
    written = 0
    ungranted -= count
    return count
  }
}
