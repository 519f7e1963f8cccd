/// The rest of a terminal whose process has ended while others still hold it: what was written before
/// is read, however slow the host is, and then it is closed, which hangs up on them.
struct TerminalClosing {
  /// How long it is read on for what others still write, in milliseconds.
  private static let grace: Int64 = 200
  /// More than a terminal holds: whatever is read beyond was written after the end.
  private static let capacity = 1 << 20

  /// When it is looked at next.
  private(set) var deadline: Int64
  private let lastByte: Int

  /// - Parameter count: how much was read from the terminal so far.
  init(count: Int, now: Int64) {
    deadline = now + Self.grace
    lastByte = count + Self.capacity
  }

  /// Whether everything that was written before the end has been read for certain.
  func isPast(_ count: Int) -> Bool { count >= lastByte }

  /// There was more to read.
  mutating func putOff(now: Int64) { deadline = now + Self.grace }
}
