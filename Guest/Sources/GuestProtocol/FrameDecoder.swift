/// Cuts a byte stream, arriving in pieces of any size, into frames.
public struct FrameDecoder: Sendable {
  private var buffer: [UInt8] = []
  private var start = 0

  /// A decoder at the beginning of a session.
  public init() {}

  /// Takes bytes as they came.
  public mutating func append(_ bytes: some Collection<UInt8>) {
    if start > 0, start == buffer.count || start >= 1 << 20 {
      buffer.removeFirst(start)
      start = 0
    }
    buffer.append(contentsOf: bytes)
  }

  /// The next whole frame, or nil until more bytes have come.
  ///
  /// Throws `WireError.malformed` where the bytes cannot be a frame; the session is lost then.
  public mutating func next() throws(WireError) -> Frame? {
    guard buffer.count - start >= Frame.headerSize else { return nil }
    let length = Int(word(at: start))
    guard length <= Limits.maximumPayload else {
      throw .malformed("a frame announces \(length) bytes, more than \(Limits.maximumPayload)")
    }
    guard let kind = Frame.Kind(rawValue: buffer[start + 4]) else {
      throw .malformed("a frame has the unknown kind \(buffer[start + 4])")
    }
    guard buffer.count - start >= Frame.headerSize + length else { return nil }
    let channel = word(at: start + 5)
    let body = start + Frame.headerSize
    let payload = Array(buffer[body..<body + length])
    start = body + length
    return Frame(kind, channel: channel, payload: payload)
  }

  /// What has come and was not handed out as a frame.
  public var remaining: ArraySlice<UInt8> { buffer[start...] }

  /// Forgets everything that came so far: a new session begins.
  public mutating func reset() {
    buffer.removeAll(keepingCapacity: true)
    start = 0
  }

  private func word(at index: Int) -> UInt32 {
    UInt32(buffer[index]) | UInt32(buffer[index + 1]) << 8
      | UInt32(buffer[index + 2]) << 16 | UInt32(buffer[index + 3]) << 24
  }
}
