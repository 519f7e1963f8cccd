/// One instant on two clocks: it tells the guest the time of day however long the message takes.
public struct ClockReference: WireCodable, Equatable, Sendable {
  /// Nanoseconds of the guest's CLOCK_MONOTONIC, which a paused machine does not advance.
  public var monotonic: Int64
  /// Nanoseconds since 1970 UTC at that instant.
  public var realtime: Int64

  /// An instant.
  public init(monotonic: Int64, realtime: Int64) {
    self.monotonic = monotonic
    self.realtime = realtime
  }

  /// The time of day when the guest's CLOCK_MONOTONIC shows `monotonic`.
  public func realtime(at monotonic: Int64) -> Int64 { realtime + (monotonic - self.monotonic) }

  public init(from reader: inout WireReader) throws(WireError) {
    monotonic = try reader.integer()
    realtime = try reader.integer()
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(monotonic)
    writer.write(realtime)
  }
}
