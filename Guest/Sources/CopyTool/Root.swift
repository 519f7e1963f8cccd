import CLinux
import FilesystemTool
import Glibc

/// A directory that paths are seen from: no symbolic link and no `..` leads out of it.
package final class Root {
  let directory: Descriptor

  /// Takes over a directory.
  init(_ directory: consuming Descriptor) { self.directory = directory }

  /// The directory at a path.
  package init(opening path: String) throws(CopyFailure) {
    let path = Array(path.utf8)
    directory = try naming(path) { () throws(FilesystemError) in
      try Descriptor(opening: path, O_RDONLY | O_DIRECTORY)
    }
  }

  /// Opens a path; `flags` with `O_NOFOLLOW` do not follow a link at its end.
  func open(_ path: [UInt8], _ flags: Int32) throws(CopyFailure) -> Descriptor {
    Descriptor(adopting: try call(path) { attempt(path, flags) })
  }

  /// Opens a path; nil where there is nothing.
  func openIfPresent(_ path: [UInt8], _ flags: Int32) throws(CopyFailure) -> Descriptor? {
    let descriptor = attempt(path, flags)
    if descriptor >= 0 { return Descriptor(adopting: descriptor) }
    guard errno == ENOENT else { throw CopyFailure(errno, path) }
    return nil
  }

  private func attempt(_ path: [UInt8], _ flags: Int32) -> Int32 {
    SystemCall.withPath(path.isEmpty ? [UInt8(ascii: ".")] : path) {
      clinux_open_in_root(directory.number, $0, flags | O_CLOEXEC)
    }
  }

  /// Opens the directory of these names, made where it is missing with what is missing above it.
  func makeDirectory(_ names: [[UInt8]], owner: Owner) throws(CopyFailure) -> Descriptor {
    let path = joined(names)
    if let found = try openIfPresent(path, O_RDONLY | O_DIRECTORY) { return found }
    guard let name = names.last else { throw CopyFailure(ENOENT, path) }
    let parent = try makeDirectory(names.dropLast(), owner: owner)
    try call(path) { SystemCall.withPath(name) { mkdirat(parent.number, $0, 0o755) } }
    let made = try open(path, O_RDONLY | O_DIRECTORY)
    try call(path) { fchown(made.number, owner.user, owner.group) }
    return made
  }
}

/// Names with slashes between them.
func joined(_ names: [[UInt8]]) -> [UInt8] { Array(names.joined(separator: [UInt8(ascii: "/")])) }
