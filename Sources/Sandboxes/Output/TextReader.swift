/// A stream as text: pieces that end where a character does.
///
/// What is no UTF-8 is replaced by U+FFFD, for a client whose messages cannot carry it.
public struct TextReader: AsyncSequence, Sendable {
  /// A piece of the stream, never empty.
  public typealias Element = TextChunk

  private let bytes: SpoolReader

  /// The text of a stream.
  public init(_ bytes: SpoolReader) { self.bytes = bytes }

  /// Begins to read.
  public func makeAsyncIterator() -> Iterator { Iterator(bytes: bytes.makeAsyncIterator()) }

  /// One reading of the stream.
  public struct Iterator: AsyncIteratorProtocol {
    private var bytes: SpoolReader.Iterator
    /// The beginning of a character whose end has not come.
    private var rest: [UInt8] = []
    private var end: Int64 = 0

    init(bytes: SpoolReader.Iterator) { self.bytes = bytes }

    /// The next piece, or nil at the end of the stream.
    public mutating func next() async throws -> TextChunk? {
      while let chunk = try await bytes.next() {
        end = chunk.offset + Int64(chunk.bytes.count)
        rest += chunk.bytes
        if let piece = take(rest.count - rest.unfinishedSuffix) { return piece }
      }
      return take(rest.count)
    }

    private mutating func take(_ count: Int) -> TextChunk? {
      guard count > 0 else { return nil }
      let text = String(decoding: rest.prefix(count), as: UTF8.self)
      rest.removeFirst(count)
      return TextChunk(text: text, end: end - Int64(rest.count))
    }
  }
}

/// A piece of text.
public struct TextChunk: Sendable, Equatable {
  /// The text.
  public var text: String
  /// The offset of the first byte behind it, where a reading can go on.
  public var end: Int64

  /// A piece that ends before an offset.
  package init(text: String, end: Int64) {
    self.text = text
    self.end = end
  }
}

extension [UInt8] {
  /// How many bytes at the end begin a character that more bytes could complete: 3 at most.
  fileprivate var unfinishedSuffix: Int {
    for (index, byte) in suffix(3).reversed().enumerated() {
      switch byte {
      case 0x80..<0xC0: continue
      case 0xC2..<0xE0: return index < 1 ? index + 1 : 0
      case 0xE0..<0xF0: return index < 2 ? index + 1 : 0
      case 0xF0..<0xF5: return index + 1
      default: return 0
      }
    }
    return 0
  }
}
