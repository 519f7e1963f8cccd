/// Cuts a byte stream into lines as it arrives.
///
/// A carriage return ends a line as well, because tools redraw their progress bars with it. Empty
/// lines are dropped, and a line longer than `limit` bytes is handed out in pieces.
package struct LineSplitter {
  private static let newline = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  private var pending: [UInt8] = []
  private let limit: Int

  package init(limit: Int = 8192) {
    self.limit = limit
  }

  /// Takes the next bytes and returns the lines that they complete.
  package mutating func append(_ bytes: some Sequence<UInt8>) -> [String] {
    var lines: [String] = []
    for byte in bytes {
      let isEnd = byte == Self.newline || byte == Self.carriageReturn
      if !isEnd { pending.append(byte) }
      if isEnd || pending.count >= limit {
        lines.append(contentsOf: finish())
      }
    }
    return lines
  }

  /// Returns what is left when the stream has ended: one line or none.
  package mutating func finish() -> [String] {
    guard !pending.isEmpty else { return [] }
    defer { pending.removeAll(keepingCapacity: true) }
    return [String(decoding: pending, as: UTF8.self)]
  }
}
