/// Lines that one source wrote in one go: what the index of a log holds, one record each.
///
/// The bytes themselves are in the source's file, written once. Runs of a log do not overlap, cover
/// their source's file without a gap, and stand in the order of their times, no two of which are
/// equal in all logs of a server.
package struct LogRun: Sendable, Equatable {
  /// The size of a record; runs may be read from any multiple of it.
  static let size = 32

  /// Nanoseconds since 1970 at which the first of its lines was complete.
  package var time: Int64
  /// Who wrote it.
  package var source: LogSource
  /// Where its bytes begin in the source's file.
  package var offset: Int64
  /// How many bytes it has.
  package var length: Int
  /// How many entries it has by lines.
  package var lines: Int
  /// How many entries it has by groups of lines.
  package var groups: Int

  /// Where its bytes end.
  var end: Int64 { offset + Int64(length) }

  init(time: Int64, source: LogSource, offset: Int64) {
    self.time = time
    self.source = source
    self.offset = offset
    (length, lines, groups) = (0, 0, 0)
  }

  /// A record, little-endian; nil for one that was never written or is gone.
  init?(_ record: UnsafeRawBufferPointer) {
    func number<Number: FixedWidthInteger>(_ at: Int, _ type: Number.Type) -> Number {
      Number(littleEndian: record.loadUnaligned(fromByteOffset: at, as: type))
    }
    guard let source = LogSource(rawValue: number(28, UInt8.self)) else { return nil }
    self.source = source
    time = number(0, Int64.self)
    offset = number(8, Int64.self)
    length = Int(number(16, UInt32.self))
    lines = Int(number(20, UInt32.self))
    groups = Int(number(24, UInt32.self))
  }

  /// The record of it.
  var record: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.size)
    func add<Number: FixedWidthInteger>(_ number: Number) {
      withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }
    add(time)
    add(offset)
    add(UInt32(clamping: length))
    add(UInt32(clamping: lines))
    add(UInt32(clamping: groups))
    add(UInt32(source.rawValue))
    return bytes
  }
}
