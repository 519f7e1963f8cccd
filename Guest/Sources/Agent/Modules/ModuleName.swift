/// Names of kernel modules, in which `-` and `_` are the same.
package enum ModuleName {
  /// The name as the kernel has it.
  package static func canonical(_ name: some StringProtocol) -> [UInt8] {
    canonical(Array(name.utf8)[...])
  }

  /// The name of the module in a file such as `kernel/fs/fuse/fuse.ko`.
  package static func ofFile(_ path: ArraySlice<UInt8>) -> [UInt8] {
    var name = path
    if let slash = name.lastIndex(of: UInt8(ascii: "/")) { name = name[(slash + 1)...] }
    if let dot = name.firstIndex(of: UInt8(ascii: ".")) { name = name[..<dot] }
    return canonical(name)
  }

  static func canonical(_ name: ArraySlice<UInt8>) -> [UInt8] {
    name.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
  }
}

/// Patterns of `modules.alias`, as `fnmatch` has them: `*`, `?` and `[…]`.
package enum ModulePattern {
  /// Whether a name fits a pattern; in both, `-` and `_` are the same.
  package static func matches(_ pattern: ArraySlice<UInt8>, _ name: [UInt8]) -> Bool {
    var position = pattern.startIndex
    var index = 0
    // Where to go on when the last `*` must take one character more.
    var retry: (position: Int, index: Int)?
    while index < name.count {
      if position < pattern.endIndex, pattern[position] == UInt8(ascii: "*") {
        position += 1
        retry = (position, index)
      } else if let next = step(pattern, position, name[index]) {
        position = next
        index += 1
      } else if let last = retry {
        position = last.position
        index = last.index + 1
        retry = (position, index)
      } else {
        return false
      }
    }
    return pattern[position...].allSatisfy { $0 == UInt8(ascii: "*") }
  }

  /// The position behind the one-character part of the pattern at `position`, where it fits.
  private static func step(
    _ pattern: ArraySlice<UInt8>, _ position: Int, _ character: UInt8
  ) -> Int? {
    guard position < pattern.endIndex else { return nil }
    switch pattern[position] {
    case UInt8(ascii: "?"): return position + 1
    case UInt8(ascii: "["):
      guard let close = pattern[position...].firstIndex(of: UInt8(ascii: "]")) else { return nil }
      return contains(pattern[(position + 1)..<close], character) ? close + 1 : nil
    case let other:
      return plain(other) == plain(character) ? position + 1 : nil
    }
  }

  private static func contains(_ set: ArraySlice<UInt8>, _ character: UInt8) -> Bool {
    var index = set.startIndex
    while index < set.endIndex {
      if index + 2 < set.endIndex, set[index + 1] == UInt8(ascii: "-") {
        if set[index] <= character, character <= set[index + 2] { return true }
        index += 3
      } else {
        if set[index] == character { return true }
        index += 1
      }
    }
    return false
  }

  private static func plain(_ character: UInt8) -> UInt8 {
    character == UInt8(ascii: "-") ? UInt8(ascii: "_") : character
  }
}
