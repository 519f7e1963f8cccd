import Glibc
import GuestProtocol

/// Loads modules of a directory with all that they need.
struct ModuleLoading {
  private let directory: String
  private let index: ModuleIndex
  private var seen: Set<String> = []

  /// - Parameter directory: one with `modules.dep`, such as `/lib/modules/6.1.0-1-amd64`.
  init(directory: String) {
    self.directory = directory
    index = ModuleIndex(directory: directory)
  }

  /// Loads what a name or an alias stands for.
  mutating func load(_ name: String, parameters: String = "") throws(GuestFailure) {
    guard let orders = index.loadOrders(for: name) else {
      throw .system(ENOENT, "find the module \(name) in \(directory)")
    }
    for order in orders {
      for file in order { try load(file: file, parameters: file == order.last ? parameters : "") }
    }
  }

  /// Loads a module whose dependencies are there, between those that it works better with.
  private mutating func load(file: String, parameters: String) throws(GuestFailure) {
    guard seen.insert(file).inserted else { return }
    let companions = index.companions(ofFile: file)
    for name in companions.before { try? load(name) }
    let path = file.hasPrefix("/") ? file : "\(directory)/\(file)"
    try ModuleLoader.load(path, parameters: parameters)
    for name in companions.after { try? load(name) }
  }
}
