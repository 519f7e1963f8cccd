import Foundation
import Machines
import SystemPackage
import Testing

struct BoundedLogTests {
  @Test func aTalkativeGuestFillsNoDisk() throws {
    let path = "/tmp/sandlot-log-\(UUID().uuidString)"
    defer { unlink(path) }
    let log = try BoundedLog(path: FilePath(path))
    let line = Array("0123456789abcde\n".utf8)
    log.append("first\n")
    for _ in 0..<100_000 { line.withUnsafeBytes { log.append($0) } }
    log.append("last\n")
    log.close()
    let content = try String(contentsOfFile: path, encoding: .utf8)
    #expect(content.utf8.count < 2 * BoundedLog.partSize + 64)
    #expect(content.hasPrefix("first\n0123") && content.hasSuffix("\nlast\n"))
    #expect(content.contains("bytes left out]"))
  }

  @Test func aShortLogIsWhole() throws {
    let path = "/tmp/sandlot-log-\(UUID().uuidString)"
    defer { unlink(path) }
    let log = try BoundedLog(path: FilePath(path))
    log.append("one\n\n\u{1b}[0mtwo\u{9b}2J\u{7f}\r\n")
    #expect(log.lastLines(5) == ["one", "[0mtwo2J"])
    log.close()
    #expect(
      try String(contentsOfFile: path, encoding: .utf8) == "one\n\n\u{1b}[0mtwo\u{9b}2J\u{7f}\r\n")
  }
}

extension BoundedLog {
  fileprivate func append(_ text: String) { Array(text.utf8).withUnsafeBytes { append($0) } }
}
