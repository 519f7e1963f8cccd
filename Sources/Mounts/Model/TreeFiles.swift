import Errors
import Foundation
import Machines
import SystemPackage

/// The lists of files of all mounts, each once: a directory of JSON files named by digest.
struct TreeFiles: Sendable {
  private static let suffix = ".json"
  let directory: FilePath

  init(directory: FilePath) throws {
    self.directory = directory
    try HostFiles.makeDirectory(directory)
  }

  /// Keeps a tree, safe against a power cut.
  func write(_ tree: FileTree, at date: Date) throws {
    let path = path(of: tree.digest)
    guard !FileTime.set(path, to: date) else { return }
    let partial = directory.appending(".\(UUID().uuidString)")
    do {
      try HostFiles.write([UInt8](JSONEncoder().encode(tree.entries)), to: partial)
      try FileTime.sync(partial)
      FileTime.set(partial, to: date)
      try HostFiles.rename(partial, to: path)
      try FileTime.sync(directory)
    } catch {
      try? HostFiles.removeFile(partial)
      throw error
    }
  }

  func read(_ digest: String) throws -> FileTree {
    let bytes = try HostFiles.bytes(at: path(of: digest))
    return try FileTree(JSONDecoder().decode([FileTree.Entry].self, from: Data(bytes)))
  }

  /// Removes lists that are not in `digests`, and what a crash left, if they are older than `date`: a
  /// mount that is just being made is in the store after its list is here.
  func remove(before date: Date, except digests: Set<String>) throws {
    for name in try HostFiles.names(in: directory)
    where !digests.contains(String(name.dropLast(Self.suffix.count))) {
      let path = directory.appending(name)
      guard let time = FileTime.of(path), time < date else { continue }
      try HostFiles.removeFile(path)
    }
  }

  /// The contents that all lists name.
  func contents() throws -> Set<String> {
    var found: Set<String> = []
    for name in try HostFiles.names(in: directory) where name.hasSuffix(Self.suffix) {
      found.formUnion(try read(String(name.dropLast(Self.suffix.count))).entries.map(\.sha256))
    }
    return found
  }

  private func path(of digest: String) -> FilePath {
    directory.appending(digest + Self.suffix)
  }
}
