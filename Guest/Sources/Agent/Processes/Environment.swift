/// A process's environment, in its order.
package struct Environment {
  /// `NAME=value` each.
  package private(set) var entries: [String]

  package init(_ entries: [String]) { self.entries = entries }

  /// The value of a variable; of several entries the first counts, as in `getenv`.
  package subscript(name: String) -> String? {
    let prefix = name + "="
    guard let entry = entries.first(where: { $0.utf8.starts(with: prefix.utf8) }) else {
      return nil
    }
    // By bytes: a value may begin with what makes one character with the sign before it.
    return String(decoding: entry.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
  }

  /// Adds HOME where it is missing.
  package mutating func setHomeIfMissing(_ home: @autoclosure () -> String) {
    if self["HOME"] == nil { entries.append("HOME=\(home())") }
  }
}
