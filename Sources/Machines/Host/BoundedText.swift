/// Keeps a bounded part of a stream's bytes: its beginning or its end.
struct BoundedText {
  /// Which part is kept when the stream is longer than the limit.
  enum Part {
    case beginning
    case end
  }

  private var bytes: [UInt8] = []
  private let limit: Int
  private let part: Part

  init(_ part: Part, limit: Int) {
    self.part = part
    self.limit = limit
  }

  var text: String { String(decoding: bytes.suffix(limit), as: UTF8.self) }

  mutating func append(_ chunk: [UInt8]) {
    switch part {
    case .beginning:
      bytes.append(contentsOf: chunk.prefix(max(0, limit - bytes.count)))
    case .end:
      bytes.append(contentsOf: chunk)
      // Cutting at twice the limit keeps the cost of a long stream linear.
      if bytes.count > 2 * limit { bytes.removeFirst(bytes.count - limit) }
    }
  }
}
