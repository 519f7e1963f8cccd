/// What `depmod` has written about a kernel's modules: the texts `modules.dep`, `modules.alias`,
/// `modules.builtin` and `modules.softdep`.
///
/// The texts are searched as they are: one run looks up one name.
package struct ModuleIndex {
  private let dependencies: [UInt8]
  private let aliases: [UInt8]
  private let builtin: [UInt8]
  private let companions: [UInt8]

  package init(
    dependencies: [UInt8], aliases: [UInt8], builtin: [UInt8], companions: [UInt8] = []
  ) {
    self.dependencies = dependencies
    self.aliases = aliases
    self.builtin = builtin
    self.companions = companions
  }

  /// The index in a directory such as `/lib/modules/6.1.0-1-amd64`.
  init(directory: String) {
    self.init(
      dependencies: SmallFile.read(directory + "/modules.dep") ?? [],
      aliases: SmallFile.read(directory + "/modules.alias") ?? [],
      builtin: SmallFile.read(directory + "/modules.builtin") ?? [],
      companions: SmallFile.read(directory + "/modules.softdep") ?? [])
  }

  /// The files to load, in order, for each module that a name or an alias stands for; nil where
  /// it stands for none. A module that is part of the kernel needs no files.
  package func loadOrders(for name: String) -> [[String]]? {
    let wanted = ModuleName.canonical(name)
    if let order = loadOrder(wanted) { return [order] }
    if isBuiltin(wanted) { return [] }
    let orders = modules(forAlias: wanted).compactMap { loadOrder($0) }
    return orders.isEmpty ? nil : orders
  }

  /// The names of what is loaded before and after the module in a file, where it exists.
  ///
  /// `modules.softdep` has lines `softdep MODULE pre: NAME … post: NAME …`; names before the first
  /// of both words are not used, by kmod either.
  package func companions(ofFile file: String) -> (before: [String], after: [String]) {
    let wanted = ModuleName.ofFile(Array(file.utf8)[...])
    var found: (before: [String], after: [String]) = ([], [])
    for line in Self.lines(companions) {
      let words = line.split(separator: UInt8(ascii: " ")).map {
        String(decoding: $0, as: UTF8.self)
      }
      guard words.count > 2, words[0] == "softdep", ModuleName.canonical(words[1]) == wanted else {
        continue
      }
      var place: WritableKeyPath<(before: [String], after: [String]), [String]>?
      for word in words.dropFirst(2) {
        switch word {
        case "pre:": place = \.before
        case "post:": place = \.after
        default: if let place { found[keyPath: place].append(word) }
        }
      }
    }
    return found
  }

  /// `modules.dep` has lines `FILE: DEPENDENCY …`, where each dependency needs those after it.
  private func loadOrder(_ module: [UInt8]) -> [String]? {
    for line in Self.lines(dependencies) {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
        ModuleName.ofFile(line[..<colon]) == module
      else { continue }
      let needed = line[(colon + 1)...].split(separator: UInt8(ascii: " "))
      return (needed.reversed() + [line[..<colon]]).map { String(decoding: $0, as: UTF8.self) }
    }
    return nil
  }

  private func isBuiltin(_ module: [UInt8]) -> Bool {
    Self.lines(builtin).contains { ModuleName.ofFile($0) == module }
  }

  /// `modules.alias` has lines `alias PATTERN MODULE`.
  private func modules(forAlias name: [UInt8]) -> [[UInt8]] {
    var found: [[UInt8]] = []
    let keyword = Array("alias ".utf8)
    for line in Self.lines(aliases) where line.starts(with: keyword) {
      let rest = line.dropFirst(keyword.count)
      guard Self.mayMatch(rest, name), let space = rest.lastIndex(of: UInt8(ascii: " ")) else {
        continue
      }
      let module = ModuleName.canonical(rest[(space + 1)...])
      if ModulePattern.matches(rest[..<space], name), !found.contains(module) {
        found.append(module)
      }
    }
    return found
  }

  /// A quick look at the first character, which rules out almost every line.
  private static func mayMatch(_ pattern: ArraySlice<UInt8>, _ name: [UInt8]) -> Bool {
    guard let first = pattern.first, let wanted = name.first else { return false }
    return first == wanted || first == UInt8(ascii: "*") || first == UInt8(ascii: "?")
      || first == UInt8(ascii: "[") || first == UInt8(ascii: "-")
  }

  private static func lines(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
    text.split(separator: UInt8(ascii: "\n"))
  }
}
