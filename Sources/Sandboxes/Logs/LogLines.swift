import Glibc

/// How the bytes of a log fall apart into entries: by lines, and long lines by pieces.
enum LogLines {
  /// No entry of one line is longer than this and a character.
  static let longestLine = 16 << 10
  /// A run with more lines may be told in groups of them, so that a flood can be told at all: the
  /// SDK gives up on more than 20,000 entries in two seconds.
  static let mostLines = 100
  /// A group is complete once it has so many bytes.
  static let groupBytes = 4 << 10

  /// How many of these bytes complete an entry; nil where more may follow.
  ///
  /// - Parameter before: How many bytes of the entry came before these.
  static func length(of bytes: UnsafeRawBufferPointer, before: Int) -> Int? {
    let room = max(0, longestLine - before)
    if let newline = bytes.prefix(room + 1).firstIndex(of: UInt8(ascii: "\n")) {
      return newline + 1
    }
    guard bytes.count > room else { return nil }
    // A character is not cut: what continues one in UTF-8 belongs to the piece, up to three bytes.
    var end = room
    while before + end < longestLine + 3 {
      guard end < bytes.count else { return nil }
      guard bytes[end] & 0xC0 == 0x80 else { break }
      end += 1
    }
    return end
  }

  /// The entries of a run, in order.
  ///
  /// - Parameters:
  ///   - grouped: Whether lines of a run that has many may share an entry.
  ///   - word: Only lines that contain this, each an entry of its own; empty for all.
  static func entries(of bytes: [UInt8], grouped: Bool, containing word: [UInt8] = []) -> [String] {
    bytes.withUnsafeBytes { bytes in
      var lines: [Range<Int>] = []
      var start = 0
      while start < bytes.count {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
        let end = start + (length(of: rest, before: 0) ?? rest.count)
        lines.append(start..<end)
        start = end
      }
      if !word.isEmpty {
        lines.removeAll { !UnsafeRawBufferPointer(rebasing: bytes[$0]).contains(word) }
      } else if grouped, lines.count > mostLines {
        lines = groups(lines)
      }
      return lines.map { String(decoding: bytes[$0], as: UTF8.self) }
    }
  }

  private static func groups(_ lines: [Range<Int>]) -> [Range<Int>] {
    var groups: [Range<Int>] = []
    var start = lines.first?.lowerBound ?? 0
    for line in lines where line.upperBound - start >= groupBytes {
      groups.append(start..<line.upperBound)
      start = line.upperBound
    }
    if let end = lines.last?.upperBound, end > start { groups.append(start..<end) }
    return groups
  }
}

extension LogRun {
  /// How many entries it has.
  func count(grouped: Bool) -> Int { grouped && lines > LogLines.mostLines ? groups : lines }
}

extension UnsafeRawBufferPointer {
  /// Whether these bytes are somewhere in a row.
  fileprivate func contains(_ word: [UInt8]) -> Bool {
    guard let head = word.first, let base = baseAddress else { return word.isEmpty }
    var start = 0
    while start + word.count <= count {
      let room = count - start - word.count + 1
      guard let found = memchr(base + start, Int32(head), room) else { return false }
      start = UnsafeRawPointer(found) - base
      if memcmp(base + start, word, word.count) == 0 { return true }
      start += 1
    }
    return false
  }
}
