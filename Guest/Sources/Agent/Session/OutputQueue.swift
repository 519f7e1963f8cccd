import GuestProtocol

/// Frames that wait for the port: replies, events and credit before stream data, each of the two
/// in order, and a frame that was begun before anything else.
package final class OutputQueue {
  private var control = FrameQueue()
  private var data = FrameQueue()

  package init() {}

  package var isEmpty: Bool { control.isEmpty && data.isEmpty }
  /// Bytes of stream data that wait.
  package var dataCount: Int { data.count }

  /// Queues a frame that passes before stream data.
  package func append(control frame: Frame) { control.append(frame) }

  /// Queues a frame in its place among the stream data.
  package func append(data frame: Frame) { data.append(frame) }

  /// Queues what `read` puts into the space, as one frame of stream data, without a copy.
  ///
  /// - Parameter read: returns the number of bytes, or 0 or less where there are none to queue.
  /// - Returns: what `read` returned.
  package func appendData(
    channel: UInt32, maximum: Int, _ read: (UnsafeMutableRawBufferPointer) -> Int
  ) -> Int {
    data.appendData(channel: channel, maximum: maximum, read)
  }

  /// Hands the bytes that are next to `write`, and forgets as many as it says it has written.
  ///
  /// - Returns: what `write` returned.
  package func drain(_ write: (UnsafeRawBufferPointer) -> Int) -> Int {
    if control.isEmpty { return data.drain(limit: data.count, write) }
    if data.unfinished > 0 { return data.drain(limit: data.unfinished, write) }
    return control.drain(limit: control.count, write)
  }

  /// Forgets what an earlier session left, but for the rest of a frame that was begun.
  package func beginSession() {
    control.removeWholeFrames()
    data.removeWholeFrames()
  }

  /// Forgets everything: nobody will read it.
  package func removeAll() {
    control.removeAll()
    data.removeAll()
  }
}
