import Crypto
import Errors
import Foundation
import Machines

/// Files by their absolute paths: what a mount is, what a build copies from, what a sandbox gets.
///
/// It has no directories of its own: they are there because files are in them.
public struct FileTree: Sendable, Equatable, Codable {
  /// One file.
  public struct Entry: Sendable, Equatable, Codable {
    /// Where it is to be: absolute, without `.`, `..` and empty components.
    public var path: String
    /// The SHA-256 of its content, in hexadecimal.
    public var sha256: String
    /// Its permissions with setuid, setgid and sticky bits.
    public var mode: UInt32
    /// The bytes that it has.
    public var size: Int64

    /// A file.
    public init(path: String, sha256: String, mode: UInt32, size: Int64) {
      self.path = path
      self.sha256 = sha256
      self.mode = mode
      self.size = size
    }
  }

  /// The files, in the order of their paths' bytes, each path once.
  public let entries: [Entry]
  /// The content address of all of it: equal where paths, contents and modes are.
  public let digest: String

  /// A tree of these files; of two with one path the later wins.
  ///
  /// Throws `SandlotError.invalidArgument` where a path is not absolute or leaves the root, and where
  /// a file would have to be a directory as well.
  public init(_ files: [Entry]) throws(SandlotError) {
    var byPath: [String: Entry] = [:]
    for var file in files {
      file.path = try TreePath.normalized(file.path)
      file.mode &= 0o7777
      byPath[file.path] = file
    }
    entries = byPath.values.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    for entry in entries {
      for directory in TreePath.directories(of: entry.path) where byPath[directory] != nil {
        throw SandlotError(
          .invalidArgument,
          "'\(directory)' is a file and would have to be a directory for '\(entry.path)'.",
          hint: "Give one of the two another remote path.")
      }
    }
    digest = Self.digest(of: entries)
  }

  /// The bytes of all files together.
  public var size: Int64 { entries.reduce(0) { $0 + $1.size } }

  /// This tree with another laid over it: where both have a path, the other's file is taken.
  public func merging(_ other: FileTree) throws(SandlotError) -> FileTree {
    try FileTree(entries + other.entries)
  }

  /// The directories that the files need, parents first, without the root.
  package var directories: [String] {
    var found: Set<String> = []
    for entry in entries { found.formUnion(TreePath.directories(of: entry.path)) }
    return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Every path is preceded by its length, so that none can imitate another's border.
  private static func digest(of entries: [Entry]) -> String {
    var hash = SHA256()
    for entry in entries {
      let line = "\(entry.path.utf8.count):\(entry.path) \(entry.sha256) \(entry.mode)\n"
      hash.update(data: Data(line.utf8))
    }
    return HostFiles.hexadecimal(hash.finalize())
  }
}

/// Paths of files in a tree.
enum TreePath {
  /// The path without `.` and empty components. Throws `SandlotError.invalidArgument` where it is not
  /// absolute, names the root, leaves it, or has a byte that no path can have.
  static func normalized(_ path: String) throws(SandlotError) -> String {
    func refusal(_ reason: String) -> SandlotError {
      SandlotError(
        .invalidArgument, "The file path '\(path.prefix(200))' \(reason).",
        hint: "Paths of files are absolute and stay below '/'.")
    }
    guard path.utf8.first == UInt8(ascii: "/") else { throw refusal("is not absolute") }
    guard !path.utf8.contains(0) else { throw refusal("contains a zero byte") }
    let parts = path.split(separator: "/").filter { $0 != "." }
    guard !parts.contains("..") else { throw refusal("contains '..'") }
    guard !parts.isEmpty else { throw refusal("names a directory") }
    guard parts.allSatisfy({ $0.utf8.count <= 255 }), path.utf8.count <= 4095 else {
      throw refusal("is longer than Linux allows")
    }
    return "/" + parts.joined(separator: "/")
  }

  /// The directories above a normalized path, the highest first, without the root.
  static func directories(of path: String) -> [String] {
    path.utf8.indices.dropFirst().filter { path.utf8[$0] == UInt8(ascii: "/") }
      .map { String(path[..<$0]) }
  }
}
