import CopyPatterns
import Dockerfile
import Errors
import Mounts

/// Which files of a client's a copy takes: only they count for its key.
struct CopySelection {
  private let sources: [SourcePattern]
  private let excludes: ExcludePatterns
  private let keepsParents: Bool

  /// Reads the patterns of a copy. Throws `invalidArgument` for one that cannot be read.
  init(_ command: CopyCommand) throws(SandlotError) {
    do throws(PatternError) {
      sources = try command.sources.map { text throws(PatternError) in try SourcePattern(text) }
      excludes = try ExcludePatterns(command.excludes)
    } catch {
      throw SandlotError(.invalidArgument, "A COPY cannot be carried out: \(error).")
    }
    keepsParents = command.keepsParents
  }

  /// Names the files that are taken, with their content and modes.
  func digest(of tree: FileTree) -> String {
    let taken = tree.entries.filter(takes)
    return taken.count == tree.entries.count
      ? tree.digest
      : ImageKey.hash(taken.flatMap { [$0.path, $0.sha256, String($0.mode)] })
  }

  /// The paths that the sources match themselves, without a slash at the start: of each source in the
  /// order of their bytes. A source that matches nothing is its own match.
  func topMatches(in tree: FileTree) -> [String] {
    sources.flatMap { source in
      let depth = source.components.count
      var found: [String] = []
      for entry in tree.entries where takes(entry) {
        guard case .taken = source.relation(to: entry.path.utf8) else { continue }
        let top = entry.path.split(separator: "/").prefix(depth).joined(separator: "/")
        if found.last != top { found.append(top) }
      }
      return found.isEmpty && !source.hasWildcards ? [source.source] : found
    }
  }

  /// Whether a copy takes a file: a source names it or a directory above it, and no exclude leaves
  /// it out. A tree of a client's files has no links that a source could lead through.
  private func takes(_ entry: FileTree.Entry) -> Bool {
    let names = entry.path.utf8.split(separator: UInt8(ascii: "/"))
    return sources.contains { source in
      guard case .taken(let depth) = source.relation(to: entry.path.utf8) else { return false }
      let below = keepsParents ? names.dropFirst(source.pivot) : names.suffix(max(depth, 1))
      return !excludes.excludes(Array(below.joined(separator: [UInt8(ascii: "/")])))
    }
  }
}

extension CopyCommand {
  /// The only source where it names one file.
  var literalSource: String {
    get throws(SandlotError) {
      let literal = sources.first.flatMap { try? PathPattern($0) }?.literal
      guard let literal else {
        throw SandlotError(.internal, "The source \(sources) of an address names no file.")
      }
      return String(decoding: literal, as: UTF8.self)
    }
  }
}
