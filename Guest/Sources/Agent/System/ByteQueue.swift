/// Bytes that wait, in one piece of memory that is reused.
struct ByteQueue: ~Copyable {
  private static let smallCapacity = 64 * 1024

  private var storage = UnsafeMutableRawBufferPointer.allocate(
    byteCount: smallCapacity, alignment: 16)
  private var head = 0
  private var tail = 0

  deinit { storage.deallocate() }

  var count: Int { tail - head }
  var isEmpty: Bool { head == tail }

  /// Lets `fill` write into at least `minimum` bytes of space; it returns how many it wrote.
  mutating func appendInPlace(
    minimum: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Int
  ) {
    makeRoom(for: minimum)
    tail += fill(UnsafeMutableRawBufferPointer(rebasing: storage[tail..<tail + minimum]))
  }

  mutating func append(_ bytes: [UInt8]) {
    appendInPlace(minimum: bytes.count) { space in
      space.copyBytes(from: bytes)
      return bytes.count
    }
  }

  /// The waiting bytes, oldest first, until they are changed.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    body(UnsafeRawBufferPointer(rebasing: storage[head..<tail]))
  }

  mutating func removeFirst(_ count: Int) {
    head += count
    guard head == tail else { return }
    head = 0
    tail = 0
  }

  /// Forgets everything, and gives back memory that a burst had taken.
  mutating func removeAll() {
    head = 0
    tail = 0
    if storage.count > Self.smallCapacity { reallocate(Self.smallCapacity) }
  }

  private mutating func makeRoom(for space: Int) {
    guard storage.count - tail < space else { return }
    if storage.count - count >= space {
      storage.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[head..<tail]))
      tail -= head
      head = 0
    } else {
      reallocate(max(storage.count * 2, count + space))
    }
  }

  private mutating func reallocate(_ capacity: Int) {
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[head..<tail]))
    storage.deallocate()
    storage = larger
    tail -= head
    head = 0
  }
}
