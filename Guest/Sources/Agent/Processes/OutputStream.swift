import Glibc
import GuestProtocol

/// One output of a process, on its way to the host.
final class OutputStream {
  /// What one attempt to read brought.
  enum Progress {
    /// Bytes were queued; there may be more.
    case queued
    /// Nothing is there now.
    case empty
    /// Every writer is gone and everything was queued.
    case ended
  }

  let id: StreamID
  let descriptor: Descriptor
  /// Bytes that the host takes before it grants more.
  var credit = Limits.initialWindow
  /// Bytes that were read.
  private(set) var count = 0
  /// Whether the poll of outputs watches it.
  var isWatched = false

  init(id: StreamID, descriptor: Descriptor) {
    self.id = id
    self.descriptor = descriptor
  }

  /// Reads one chunk into the queue; `credit` must be above 0.
  func read(into output: OutputQueue) -> Progress {
    let maximum = min(credit, Limits.maximumChunk)
    let size = output.appendData(channel: id.channel, maximum: maximum) { space in
      retried { Glibc.read(descriptor.number, space.baseAddress, space.count) }
    }
    if size > 0 {
      credit -= size
      count += size
      return .queued
    }
    // A terminal's master reads EIO once nobody holds the other side.
    return size < 0 && errno == EAGAIN ? .empty : .ended
  }
}
