import Errors
import SystemPackage

/// What depmod says about a kernel's modules: which exist, which are built in, who needs whom.
package struct ModuleIndex: Sendable {
  private var paths: [String: String] = [:]
  private var dependencies: [String: [String]] = [:]
  private var builtIn: Set<String> = []

  /// Parses the text of `modules.dep` and `modules.builtin`.
  package init(dependencies text: String, builtIn builtInText: String) {
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard let path = parts.first else { continue }
      let name = Self.name(of: path)
      paths[name] = String(path)
      dependencies[name] = parts.dropFirst().first?.split(separator: " ").map(Self.name(of:)) ?? []
    }
    builtIn = Set(builtInText.split(separator: "\n").map(Self.name(of:)))
  }

  /// Reads the index of a module directory, as /lib/modules/<version>.
  init(of directory: FilePath) throws {
    guard HostFiles.exists(directory.appending("modules.dep")) else {
      throw SandlotError(
        .failedPrecondition, "\(directory) has no modules.dep.",
        hint: "Run depmod for that kernel, or set the directory of its modules.")
    }
    let builtIn = directory.appending("modules.builtin")
    self.init(
      dependencies: try HostFiles.text(at: directory.appending("modules.dep")),
      builtIn: HostFiles.exists(builtIn) ? try HostFiles.text(at: builtIn) : "")
  }

  /// The files to load for the wanted modules, relative to the directory, dependencies first.
  ///
  /// What is built into the kernel is left out.
  /// - Parameters:
  ///   - required: Modules without which a guest cannot start.
  ///   - optional: Modules that are taken where they exist.
  /// - Throws: `SandlotError` when a required module does not exist.
  package func loadOrder(required: [String], optional: [String] = []) throws -> [String] {
    if let absent = required.first(where: { paths[$0] == nil && !builtIn.contains($0) }) {
      throw SandlotError(
        .failedPrecondition, "The kernel has no \(absent), neither as a module nor built in.",
        hint: "Use Debian's cloud kernel, or a kernel with virtio, ext4 and squashfs.")
    }
    var seen: Set<String> = []
    var order: [String] = []
    for name in required + optional { visit(name, &seen, &order) }
    return order
  }

  private func visit(_ name: String, _ seen: inout Set<String>, _ order: inout [String]) {
    guard let path = paths[name], !builtIn.contains(name), seen.insert(name).inserted else {
      return
    }
    for dependency in dependencies[name] ?? [] { visit(dependency, &seen, &order) }
    order.append(path)
  }

  /// The kernel's name of a module file: without directory and suffixes, with `_` for `-`.
  private static func name(of path: Substring) -> String {
    let start = path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex
    return String(path[start...].prefix { $0 != "." }.map { $0 == "-" ? "_" : $0 })
  }
}
