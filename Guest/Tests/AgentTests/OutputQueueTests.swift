import Agent
import GuestProtocol
import Testing

@Suite struct OutputQueueTests {
  private let event = Frame(.event, payload: [1, 2, 3])

  @Test func controlPassesBeforeData() throws {
    let queue = OutputQueue()
    queue.append(data: Frame(.end, channel: 1))
    queue.append(control: event)
    #expect(try decode(drainAll(queue)).map(\.kind) == [.event, .end])
  }

  @Test(arguments: 1...40) func aFrameThatWasBegunIsFinishedFirst(_ step: Int) throws {
    let queue = OutputQueue()
    let frames = (1...3).map { Frame(.data, channel: UInt32($0), payload: [7, 8, 9, 10]) }
    for frame in frames { queue.append(data: frame) }
    var bytes = take(step, from: queue)
    queue.append(control: event)
    bytes += drainAll(queue)
    let decoded = try decode(bytes)
    #expect(decoded.filter { $0.kind == .data } == frames)
    let begun = (min(step, 39) + 12) / 13
    #expect(decoded.firstIndex(of: event) == begun)
  }

  @Test func dataIsFramedWhereItIsRead() throws {
    let queue = OutputQueue()
    let read = queue.appendData(channel: 5, maximum: 100) { space in
      space.copyBytes(from: [1, 2, 3])
      return 3
    }
    #expect(read == 3)
    #expect(try decode(drainAll(queue)) == [Frame(.data, channel: 5, payload: [1, 2, 3])])
  }

  @Test(arguments: [0, -1]) func aReadWithoutBytesQueuesNothing(_ result: Int) {
    let queue = OutputQueue()
    #expect(queue.appendData(channel: 5, maximum: 100) { _ in result } == result)
    #expect(queue.isEmpty)
  }

  @Test func aNewSessionKeepsNothingButTheRestOfABegunFrame() throws {
    let queue = OutputQueue()
    let begun = Frame(.data, channel: 1, payload: [1, 2, 3, 4])
    queue.append(data: begun)
    queue.append(data: Frame(.data, channel: 2, payload: [5]))
    var bytes = take(11, from: queue)
    queue.append(control: event)
    queue.beginSession()
    bytes += drainAll(queue)
    #expect(try decode(bytes) == [begun])
  }

  @Test func muchDataKeepsItsOrder() throws {
    let queue = OutputQueue()
    var bytes: [UInt8] = []
    for number in 0..<200 {
      queue.append(
        data: Frame(.data, channel: 1, payload: Array(repeating: UInt8(number), count: 5000)))
      if number % 3 == 0 { bytes += take(9000, from: queue) }
    }
    bytes += drainAll(queue)
    #expect(try decode(bytes).map { $0.payload[0] } == (0..<200).map { UInt8($0) })
  }

  private func take(_ count: Int, from queue: OutputQueue) -> [UInt8] {
    var taken: [UInt8] = []
    _ = queue.drain { bytes in
      taken += bytes.prefix(count)
      return min(count, bytes.count)
    }
    return taken
  }

  private func drainAll(_ queue: OutputQueue) -> [UInt8] {
    var bytes: [UInt8] = []
    while !queue.isEmpty { bytes += take(.max, from: queue) }
    return bytes
  }

  private func decode(_ bytes: [UInt8]) throws -> [Frame] {
    var decoder = FrameDecoder()
    decoder.append(bytes)
    var frames: [Frame] = []
    while let frame = try decoder.next() { frames.append(frame) }
    return frames
  }
}
