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
  func write(_ tree: FileTree) throws {
    let path = path(of: tree.digest)
    guard !HostFiles.exists(path) else { return }
    let partial = directory.appending(".\(UUID().uuidString)")
    do {
      try HostFiles.write([UInt8](JSONEncoder().encode(tree.entries)), to: partial)
      try FileTime.sync(partial)
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

  /// Removes all lists but these, and what a crash left.
  func removeAll(except digests: Set<String>) throws {
    for name in try HostFiles.names(in: directory)
    where !digests.contains(String(name.dropLast(Self.suffix.count))) {
      try HostFiles.removeFile(directory.appending(name))
    }
  }

  private func path(of digest: String) -> FilePath {
    directory.appending(digest + Self.suffix)
  }
}
