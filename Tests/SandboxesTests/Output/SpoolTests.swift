import Errors
import Foundation
import Logging
import Sandboxes
import Synchronization
import SystemPackage
import Testing

/// A spool in a directory of its own.
private final class Fixture: Sendable {
  let clock = ManualClock()
  let directory: FilePath
  let spool: Spool

  init(_ adjust: (inout SpoolOptions) -> Void = { _ in }) throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("sandlot-spool-\(UUID())").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    directory = FilePath(path)
    var options = SpoolOptions()
    options.coalescing = .zero
    adjust(&options)
    spool = Spool(
      path: directory.appending("out"), options: options, clock: clock,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  deinit { try? FileManager.default.removeItem(atPath: directory.string) }

  func append(_ text: String) async throws { try await spool.append(Array(text.utf8)) }

  func reader(from offset: Int64 = 0) -> SpoolReader { SpoolReader(spool, from: offset) }
}

/// A disk whose free space the test sets.
private final class FreeSpace: Sendable {
  private let value = Mutex<Int64>(0)

  var bytes: Int64 { value.withLock { $0 } }
  func set(_ bytes: Int64) { value.withLock { $0 = bytes } }
}

@Suite struct SpoolTests {
  @Test func givesALateReaderEverything() async throws {
    let fixture = try Fixture()
    try await fixture.append("one ")
    try await fixture.append("two")
    fixture.spool.finish()
    #expect(try await fixture.reader().text() == "one two")
    #expect(try await fixture.reader().text() == "one two")
    #expect(try await fixture.reader(from: 4).text() == "two")
    #expect(try await fixture.reader(from: 7).text() == "")
    #expect(try await fixture.reader(from: 100).text() == "")
  }

  @Test func givesEachChunkItsOffset() async throws {
    let fixture = try Fixture { $0.maximumChunk = 4 }
    try await fixture.append("0123456789")
    fixture.spool.finish()
    var chunks: [OutputChunk] = []
    for try await chunk in fixture.reader(from: 1) { chunks.append(chunk) }
    #expect(chunks.map(\.offset) == [1, 5, 9])
    #expect(chunks.map { String(decoding: $0.bytes, as: UTF8.self) } == ["1234", "5678", "9"])
  }

  @Test func readersWaitForMore() async throws {
    let fixture = try Fixture()
    var reader = fixture.reader().makeAsyncIterator()
    async let first = Task { [fixture] in try await fixture.reader(from: 3).text() }.value
    try await fixture.append("abc")
    #expect(try await reader.next()?.bytes == Array("abc".utf8))
    try await fixture.append("def")
    #expect(try await reader.next()?.bytes == Array("def".utf8))
    fixture.spool.finish()
    #expect(try await reader.next() == nil)
    #expect(try await first == "def")
  }

  @Test func anEmptyStreamMakesNoFile() async throws {
    let fixture = try Fixture()
    fixture.spool.finish()
    #expect(try await fixture.reader().text() == "")
    #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.directory.string) == [])
  }

  @Test func knowsWhenItWasRead() async throws {
    let fixture = try Fixture()
    try await fixture.append("x")
    fixture.spool.finish()
    var reader = fixture.reader().makeAsyncIterator()
    _ = try await reader.next()
    #expect(fixture.spool.isRead.current == nil)
    _ = try await reader.next()
    #expect(fixture.spool.isRead.current != nil)
  }

  @Test func failsItsReaders() async throws {
    let fixture = try Fixture()
    async let waiting = Task { [fixture] in try await fixture.reader().text() }.result
    fixture.spool.fail(SandlotError(.notFound, "Gone."))
    let gone = SandlotError(.notFound, "Gone.")
    let result = await waiting
    #expect(throws: gone) { try result.get() }
    await #expect(throws: gone) { try await fixture.reader().text() }
  }

  @Test func theLargestOffsetOnlyWaitsForTheEnd() async throws {
    let fixture = try Fixture()
    // Many, so that some wait before the end comes.
    let readings = (1...20).map { _ in
      Task { [fixture] in try await fixture.reader(from: .max).text() }
    }
    try await fixture.append("x")
    fixture.spool.finish()
    for reading in readings { #expect(try await reading.value == "") }
  }

  @Test func aCancelledReaderLeaves() async throws {
    let fixture = try Fixture()
    let reading = Task { [fixture] in try await fixture.reader().text() }
    reading.cancel()
    await #expect(throws: CancellationError.self) { try await reading.value }
  }

  @Test func waitsForDiskSpace() async throws {
    let free = FreeSpace()
    let fixture = try Fixture {
      $0.freeSpace = { _ in free.bytes }
      $0.freeSpaceFloor = 100
      $0.spaceInterval = .seconds(3)
    }
    let writing = Task { [fixture] in try await fixture.append("patience") }
    await fixture.clock.waitForSleep(of: .seconds(3))
    #expect(fixture.spool.length == 0)
    fixture.clock.advance(by: .seconds(3))
    await fixture.clock.waitForSleep(of: .seconds(3))
    free.set(100)
    fixture.clock.advance(by: .seconds(3))
    try await writing.value
    fixture.spool.finish()
    #expect(try await fixture.reader().text() == "patience")
  }

  @Test func collectsSmallPieces() async throws {
    let fixture = try Fixture { $0.coalescing = .seconds(3600) }
    var reader = fixture.reader().makeAsyncIterator()
    try await fixture.append("a")
    #expect(try await reader.next()?.bytes == Array("a".utf8))
    try await fixture.append("b")
    try await fixture.append("c")
    fixture.spool.finish()
    #expect(try await reader.next()?.bytes == Array("bc".utf8))
  }

  @Test func doesNotHoldBackLargePieces() async throws {
    let fixture = try Fixture {
      $0.coalescing = .seconds(3600)
      $0.coalescedBytes = 10
    }
    var reader = fixture.reader().makeAsyncIterator()
    try await fixture.append("a")
    _ = try await reader.next()
    async let next = reader.next()
    for _ in 0..<10 { try await fixture.append("b") }
    #expect(try await next?.bytes.count == 10)
  }

  @Test func carriesMuchThroughAtOnce() async throws {
    let fixture = try Fixture()
    let total: Int64 = 256 << 20
    let piece = [UInt8](repeating: 7, count: 64 << 10)
    async let read = Task { [fixture] in
      var count: Int64 = 0
      for try await chunk in fixture.reader() { count += Int64(chunk.bytes.count) }
      return count
    }.value
    for _ in 0..<total / Int64(piece.count) { try await fixture.spool.append(piece) }
    fixture.spool.finish()
    #expect(try await read == total)
  }
}
