import Store

/// Which layers are needed by what, and what they take on disk.
struct LayerAccount {
  /// How many images, cached steps and bases need a layer.
  private var owners: [String: Int] = [:]
  private var bytes: [String: Int64] = [:]
  /// The layers that were needed and are no longer.
  private(set) var orphans: [String] = []

  /// Takes stock; layers whose files are gone count nothing.
  init(_ contents: LibraryContents, in layers: LayerStore) {
    for image in contents.images { add(image.layers) }
    for step in contents.steps { add(step.layers) }
    add(contents.bases.map(\.layer))
    for name in owners.keys { bytes[name] = (try? layers.size(of: [name])) ?? 0 }
  }

  private mutating func add(_ names: [String]) {
    for name in Set(names) { owners[name, default: 0] += 1 }
  }

  /// What all layers take together.
  var total: Int64 { owners.keys.reduce(0) { $0 + size(of: $1) } }

  /// Whether a layer has one owner.
  func isAlone(_ name: String) -> Bool { owners[name] == 1 }

  func size(of name: String) -> Int64 { bytes[name] ?? 0 }

  func size(of names: [String]) -> Int64 { names.reduce(0) { $0 + size(of: $1) } }

  /// Counts an owner out.
  mutating func remove(_ names: [String]) {
    for name in Set(names) {
      let left = (owners[name] ?? 0) - 1
      owners[name] = left > 0 ? left : nil
      if left == 0 { orphans.append(name) }
    }
  }
}
