import Glibc

/// Where a watch's lines go, together with the sign to stop.
struct WatchOutput {
  let streams: Streams

  /// What came first.
  enum Wakening {
    case events
    case timeout
    /// The SDK closed the tool's input, or nobody reads its output any more.
    case stop
  }

  /// Waits for events in `queue`, at most so many seconds.
  func wait(for queue: Int32, seconds: Double) throws(FilesystemError) -> Wakening {
    var requests = [
      pollfd(fd: queue, events: Int16(POLLIN), revents: 0),
      pollfd(fd: streams.input, events: Int16(POLLIN), revents: 0),
      // Asks for nothing, but is told when the reader has gone.
      pollfd(fd: streams.output, events: 0, revents: 0),
    ]
    // Rounded up, not to wake just before the time; far times are waited for in parts.
    let milliseconds = Int32(min(seconds * 1000 + 1, 600_000))
    try SystemCall.perform("poll") { poll(&requests, 3, milliseconds) }
    if requests[2].revents != 0 { return .stop }
    if requests[1].revents != 0, try inputHasEnded() { return .stop }
    return requests[0].revents != 0 ? .events : .timeout
  }

  /// Writes one line, in pieces that a pipe takes without blocking once it says it is ready.
  ///
  /// - Returns: false when it was told to stop while the pipe was full.
  func write(_ line: [UInt8]) throws(FilesystemError) -> Bool {
    var rest = line[...]
    while !rest.isEmpty {
      var requests = [
        pollfd(fd: streams.output, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: streams.input, events: Int16(POLLIN), revents: 0),
      ]
      try SystemCall.perform("poll") { poll(&requests, 2, -1) }
      if requests[0].revents & Int16(POLLOUT) == 0 {
        if requests[0].revents != 0 { return false }
        if requests[1].revents != 0, try inputHasEnded() { return false }
        continue
      }
      let piece = Array(rest.prefix(4096))
      do throws(FilesystemError) {
        try ByteStream.write(piece, to: streams.output)
      } catch {
        guard error.code == EPIPE else { throw error }
        return false
      }
      rest = rest.dropFirst(piece.count)
    }
    return true
  }

  /// Reads the input away; whether it is at its end.
  private func inputHasEnded() throws(FilesystemError) -> Bool {
    try withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 16) { space in
      Result { () throws(FilesystemError) -> Bool in
        try ByteStream.read(from: streams.input, into: space) == 0
      }
    }.get()
  }
}
