/// An IPv4 address.
public struct IPv4Address: Sendable, Hashable, Comparable {
  /// The address as a number; 10.0.0.1 is 0x0a000001.
  public var value: UInt32

  /// Makes an address of its number.
  public init(_ value: UInt32) {
    self.value = value
  }

  /// Parses four decimal numbers with dots; nil when it is anything else.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { $0.allSatisfy(\.isASCIIDigit) ? UInt8($0) : nil }
    guard parts.count == 4, numbers.count == 4 else { return nil }
    value = numbers.reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The four bytes, the first one first.
  public var bytes: [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// By number.
  public static func < (left: IPv4Address, right: IPv4Address) -> Bool {
    left.value < right.value
  }
}

extension IPv4Address: CustomStringConvertible {
  /// Four decimal numbers with dots.
  public var description: String {
    bytes.map(String.init).joined(separator: ".")
  }
}

extension Character {
  /// Whether it is one of 0 to 9; `isNumber` is true of other scripts' digits as well.
  fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
