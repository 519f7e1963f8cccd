/// Where in the destination something is copied to.
struct Place {
  /// The names from the root of the destination on.
  private(set) var names: [[UInt8]]
  /// How many of them are above what is copied: excludes see those below only.
  private let base: Int

  /// The place of what is copied itself.
  init(names: [[UInt8]]) {
    self.names = names
    base = names.count
  }

  /// The path from the root of the destination.
  var path: [UInt8] { joined(names) }

  /// The names from what is copied on.
  var below: ArraySlice<[UInt8]> { names[base...] }

  /// How deep it is.
  var depth: Int { names.count }

  mutating func descend(to name: [UInt8]) { names.append(name) }

  /// The place of an entry of the directory here.
  func entry(_ name: [UInt8]) -> Place {
    var place = self
    place.descend(to: name)
    return place
  }
}
