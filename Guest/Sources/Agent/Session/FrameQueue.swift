import GuestProtocol

/// Encoded frames in order, which knows where frames begin.
struct FrameQueue: ~Copyable {
  private var bytes = ByteQueue()
  /// What is left of the frame of which the beginning was taken.
  private(set) var unfinished = 0

  var isEmpty: Bool { bytes.isEmpty }
  var count: Int { bytes.count }

  mutating func append(_ frame: Frame) { bytes.append(frame.encoded()) }

  /// Appends a frame of stream data that `read` fills; see `OutputQueue.appendData`.
  mutating func appendData(
    channel: UInt32, maximum: Int, _ read: (UnsafeMutableRawBufferPointer) -> Int
  ) -> Int {
    var result = 0
    bytes.appendInPlace(minimum: Frame.headerSize + maximum) { space in
      result = read(UnsafeMutableRawBufferPointer(rebasing: space[Frame.headerSize...]))
      guard result > 0 else { return 0 }
      space.storeBytes(of: UInt32(result).littleEndian, as: UInt32.self)
      space.storeBytes(of: Frame.Kind.data.rawValue, toByteOffset: 4, as: UInt8.self)
      space.storeBytes(of: channel.littleEndian, toByteOffset: 5, as: UInt32.self)
      return Frame.headerSize + result
    }
    return result
  }

  /// Hands at most `limit` bytes to `write`, and forgets as many as it says it has written.
  mutating func drain(limit: Int, _ write: (UnsafeRawBufferPointer) -> Int) -> Int {
    let written = bytes.withBytes { write(UnsafeRawBufferPointer(rebasing: $0.prefix(limit))) }
    if written > 0 { advance(by: written) }
    return written
  }

  /// Forgets all but the rest of a frame that was begun.
  mutating func removeWholeFrames() {
    let rest = bytes.withBytes { Array($0.prefix(unfinished)) }
    bytes.removeAll()
    bytes.append(rest)
  }

  mutating func removeAll() {
    bytes.removeAll()
    unfinished = 0
  }

  private mutating func advance(by written: Int) {
    let begun = unfinished
    unfinished = bytes.withBytes { bytes in
      var position = begun
      while position < written {
        let length = bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)
        position += Frame.headerSize + Int(UInt32(littleEndian: length))
      }
      return position - written
    }
    bytes.removeFirst(written)
  }
}
