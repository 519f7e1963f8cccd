/// One unit of the byte stream between the server and the agent.
///
/// On the wire, little-endian: payload length (4 bytes), kind (1), channel (4), payload.
public struct Frame: Equatable, Sendable {
  /// What a frame carries, and so what its channel number counts.
  public enum Kind: UInt8, Sendable, CaseIterable {
    /// Host → guest and its answer guest → host: a `Hello`; channel 0. It opens a session: what
    /// either side had half received before is void.
    case hello = 1
    /// Host → guest: a `Request`; the channel is the request's number, chosen by the host.
    case request = 2
    /// Guest → host: the `Reply` to the request with the same channel.
    case reply = 3
    /// Guest → host: an `Event`; channel 0.
    case event = 4
    /// Either way: bytes of the stream that the channel names; never empty.
    case data = 5
    /// Either way: the stream ends. Sent by a stream's writer: no more data. Sent by its reader
    /// (stdin of a process that closed it): nobody reads any more.
    case end = 6
    /// Either way: the reader grants this many more bytes (payload: UInt32) to the writer.
    case credit = 7
  }

  /// Bytes before the payload.
  public static let headerSize = 9

  /// What the frame carries.
  public var kind: Kind
  /// A request number or a stream number; see `Kind`.
  public var channel: UInt32
  /// The encoded message or the stream's bytes.
  public var payload: [UInt8]

  /// Makes a frame; the payload may hold at most `Limits.maximumPayload` bytes.
  public init(_ kind: Kind, channel: UInt32 = 0, payload: [UInt8] = []) {
    self.kind = kind
    self.channel = channel
    self.payload = payload
  }

  /// The frame as it goes over the wire.
  public func encoded() -> [UInt8] {
    var writer = WireWriter(capacity: Frame.headerSize + payload.count)
    writer.write(UInt32(payload.count))
    writer.write(kind.rawValue)
    writer.write(channel)
    writer.append(payload)
    return writer.bytes
  }
}
