import Glibc
import GuestProtocol

/// The byte stream to the host: frames in, frames out, never waiting.
final class Port {
  /// What is known of the other end.
  enum Link: Equatable {
    case present
    /// Bytes came from there, and yet the port says that nobody is there, which may be news or out
    /// of date: what is said there comes in order, but apart from word of who is there. So it has
    /// until that time, in milliseconds of the monotonic clock, to be told again.
    case doubtful(until: Int64)
    case absent
  }

  /// How long word of the other end may be late, in milliseconds.
  private static let patience: Int64 = 500

  /// How much is taken in before the processes get their turn.
  private static let readsPerTurn = 64

  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  private var decoder = FrameDecoder()
  /// Set while the frames are lost.
  private var search: HelloSearch?
  let descriptor: Descriptor
  /// What waits to be written.
  let output = OutputQueue()
  /// The other end, as far as the last read or write told.
  private(set) var link = Link.present
  /// Whether bytes were left unread by the last `receive`.
  private(set) var hasMore = false

  init(_ descriptor: Descriptor) {
    self.descriptor = descriptor
    descriptor.setNonBlocking()
  }

  deinit { buffer.deallocate() }

  /// Reads what has come and hands over each frame. Throws where the stream is corrupt.
  func receive(_ handle: (Frame) throws(WireError) -> Void) throws(WireError) {
    hasMore = false
    for _ in 0..<Self.readsPerTurn {
      while let frame = try decoder.next() { try handle(frame) }
      let count = retried { read(descriptor.number, buffer.baseAddress, buffer.count) }
      let isEmpty = count < 0 && errno == EAGAIN
      guard count > 0 || isEmpty else { return doubt() }
      link = .present
      if isEmpty { return }
      take(UnsafeRawBufferPointer(rebasing: buffer.prefix(count)))
    }
    hasMore = true
  }

  /// Writes what waits, as far as the port takes it.
  func flush() {
    while link != .absent, !output.isEmpty {
      let count = output.drain { bytes in
        retried { write(descriptor.number, bytes.baseAddress, bytes.count) }
      }
      if count < 0, errno == EAGAIN { return }
      if count <= 0 { disconnect() }
    }
  }

  /// Writes what waits, waiting for the port up to `limit` milliseconds.
  func flush(within limit: Int64) {
    let deadline = monotonicMilliseconds() + limit
    flush()
    while link != .absent, !output.isEmpty, monotonicMilliseconds() < deadline {
      var request = pollfd(fd: descriptor.number, events: Int16(POLLOUT), revents: 0)
      poll(&request, 1, 50)
      flush()
    }
  }

  /// Gives up on frames after the stream made no sense: the next thing to understand is a hello.
  func loseFrames() {
    let rest = Array(decoder.remaining)
    decoder.reset()
    output.beginSession()
    search = HelloSearch()
    rest.withUnsafeBytes { take($0) }
    // The reading stopped before everything was read, and the port tells of new bytes only.
    hasMore = true
  }

  private func take(_ bytes: UnsafeRawBufferPointer) {
    guard search != nil else { return decoder.append(bytes) }
    guard let found = search?.append(bytes) else { return }
    search = nil
    decoder.append(found)
  }

  /// Takes the other end for gone, once it has been for as long as word of it may be late.
  private func doubt() {
    hasMore = false
    let now = monotonicMilliseconds()
    switch link {
    case .present: link = .doubtful(until: now + Self.patience)
    case .doubtful(let limit) where now < limit: break
    case .doubtful, .absent: disconnect()
    }
  }

  private func disconnect() {
    link = .absent
    hasMore = false
    decoder.reset()
    output.removeAll()
    search = nil
  }
}
