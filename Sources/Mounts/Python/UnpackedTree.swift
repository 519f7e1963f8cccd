import Errors
import Foundation
import Glibc
import Machines
import SystemPackage

/// A directory of unpacked files that nobody has to trust: links are followed where they stay inside.
struct UnpackedTree: Sendable {
  let root: FilePath

  /// One file: where it is, what it is called from the root, and its permissions.
  struct File: Sendable {
    var path: FilePath
    var name: String
    var mode: UInt32
  }

  /// All files below the root, those behind symbolic links as copies of their own: a mount has no
  /// links. Throws `SandlotError.invalidArgument` where a link leads out of the root, and where there
  /// is anything but files, directories and links.
  func files() throws -> [File] {
    guard let top = realpath(root.string, nil) else { throw HostFiles.failure("list", root) }
    defer { free(top) }
    return try files(
      in: FilePath(String(cString: top)), name: "", top: String(cString: top), depth: 0)
  }

  private func files(
    in directory: FilePath, name: String, top: String, depth: Int
  ) throws -> [File] {
    guard depth < 64 else { throw refusal(name, "is nested too deeply, or a link to itself") }
    var found: [File] = []
    for entry in try HostFiles.names(in: directory) {
      let name = "\(name)/\(entry)"
      guard let resolved = realpath(directory.appending(entry).string, nil) else {
        throw refusal(name, "is a link to nothing")
      }
      defer { free(resolved) }
      let path = String(cString: resolved)
      guard path.hasPrefix(top + "/") else { throw refusal(name, "leads out of the archive") }
      var status = stat()
      guard stat(path, &status) == 0 else { throw HostFiles.failure("examine", FilePath(path)) }
      switch status.st_mode & S_IFMT {
      case S_IFDIR:
        found += try files(in: FilePath(path), name: name, top: top, depth: depth + 1)
      case S_IFREG:
        found.append(File(path: FilePath(path), name: name, mode: UInt32(status.st_mode & 0o777)))
      default: throw refusal(name, "is neither a file nor a directory")
      }
    }
    return found
  }

  private func refusal(_ name: String, _ reason: String) -> SandlotError {
    SandlotError(.invalidArgument, "'\(name)' in the archive \(reason).")
  }
}
