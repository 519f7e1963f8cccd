import GuestProtocol

/// Looks for the host's next hello in a byte stream whose frames have been lost.
package struct HelloSearch {
  private static let header = Array(Frame(.hello, payload: Hello().encoded()).encoded().prefix(9))

  private var window: [UInt8] = []

  package init() {}

  /// Takes bytes as they came.
  ///
  /// - Returns: everything from the hello's first byte on, once that has come.
  package mutating func append(_ bytes: some Sequence<UInt8>) -> [UInt8]? {
    window.append(contentsOf: bytes)
    let last = window.count - Self.header.count
    guard last >= 0 else { return nil }
    for start in 0...last where window[start...].starts(with: Self.header) {
      return Array(window[start...])
    }
    window.removeFirst(last + 1)
    return nil
  }
}
