/// Arrays of C strings for `execve`, valid for the length of a call.
enum CStringArray {
  typealias Pointer = UnsafePointer<UnsafeMutablePointer<CChar>?>

  /// Hands three lists, each ended by NULL, to `body`.
  static func with(
    _ first: [String], _ second: [String], _ third: [String],
    _ body: (Pointer?, Pointer?, Pointer?) -> Void
  ) {
    with(first) { first in
      with(second) { second in with(third) { third in body(first, second, third) } }
    }
  }

  private static func with(_ strings: [String], _ body: (Pointer?) -> Void) {
    // One piece of memory for all of them: an environment has hundreds.
    var offsets: [Int] = []
    var bytes: [CChar] = []
    for string in strings {
      offsets.append(bytes.count)
      bytes.append(contentsOf: string.utf8.lazy.map { CChar(bitPattern: $0) })
      bytes.append(0)
    }
    bytes.withUnsafeMutableBufferPointer { memory in
      let base = memory.baseAddress
      let pointers = offsets.map { offset in base.map { $0 + offset } } + [nil]
      pointers.withUnsafeBufferPointer { body($0.baseAddress) }
    }
  }
}
