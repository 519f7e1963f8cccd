import CLinux
import CopyPatterns
import FilesystemTool
import Glibc

/// Finds what a pattern matches in the source.
struct SourceSearch {
  let source: Root
  let pattern: SourcePattern

  /// The names of each match from the root on, in the order of their bytes. A pattern without
  /// wildcards is its own match, whether it is there or not.
  func matches() throws(CopyFailure) -> [[[UInt8]]] {
    let literals = pattern.components.prefix { $0.literal != nil }.compactMap(\.literal)
    guard literals.count < pattern.components.count else { return [literals] }
    let path = joined(literals)
    guard let directory = try source.openIfPresent(path, O_RDONLY | O_DIRECTORY) else { return [] }
    var found: [[[UInt8]]] = []
    try search(directory.number, below: literals, into: &found)
    return found
  }

  /// Links on the way are not followed, as in Docker.
  private func search(
    _ directory: Int32, below names: [[UInt8]], into found: inout [[[UInt8]]]
  ) throws(CopyFailure) {
    let component = pattern.components[names.count]
    let isLast = names.count == pattern.components.count - 1
    for entry in try entries(of: directory, at: names) where component.matches(entry.name) {
      let match = names + [entry.name]
      if isLast {
        found.append(match)
      } else if entry.isDirectory {
        let below = try naming(joined(match)) { () throws(FilesystemError) in
          try Descriptor(
            opening: entry.name, in: directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        }
        try search(below.number, below: match, into: &found)
      }
    }
  }

  private func entries(
    of directory: Int32, at names: [[UInt8]]
  ) throws(CopyFailure) -> [DirectoryStream.Entry] {
    let entries = try naming(joined(names)) { () throws(FilesystemError) in
      var stream = try DirectoryStream(opening: [UInt8(ascii: ".")], in: directory)
      var entries: [DirectoryStream.Entry] = []
      while let entry = try stream.next() { entries.append(entry) }
      return entries
    }
    return entries.sorted { $0.name.lexicographicallyPrecedes($1.name) }
  }
}
