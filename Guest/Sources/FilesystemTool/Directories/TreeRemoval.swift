import CLinux
import Glibc

/// Removes a directory with all that is in it.
///
/// It walks with one open directory, down by name without following symbolic links and up by
/// `..`, and checks that the way up leads where it came from. So neither the depth of the tree
/// nor somebody who swaps a directory for a link while it runs can lead it astray.
struct TreeRemoval: ~Copyable {
  private struct Level {
    /// The name in the level above.
    let name: [UInt8]
    let identity: clinux_identity
    /// Directories in it that are still there.
    var remaining: [[UInt8]]
    /// How often it was found not empty after all.
    var returns = 0
  }

  /// How often to look again into a directory that others fill, or whose file system skips
  /// entries while it shrinks.
  private static let returnLimit = 8

  private var directory: Descriptor
  /// The way to `directory`; the first level is the one that holds the tree.
  private var levels: [Level]

  /// Prepares the removal of the directory `name` in `parent`.
  init(of name: [UInt8], in parent: AbsolutePath) throws(FilesystemError) {
    let parent = try Descriptor(opening: parent.bytes, CLINUX_O_PATH | O_DIRECTORY)
    levels = [Level(name: [], identity: try Self.identify(parent), remaining: [name])]
    directory = parent
  }

  /// Removes the tree. On an error, what was removed until then stays removed.
  mutating func run() throws(FilesystemError) {
    while true {
      if let name = levels[levels.count - 1].remaining.popLast() {
        try enter(name, returns: 0)
      } else if levels.count > 1 {
        try leave()
      } else {
        return
      }
    }
  }

  /// Goes down into a directory and removes all in it that is no directory.
  private mutating func enter(_ name: [UInt8], returns: Int) throws(FilesystemError) {
    do throws(FilesystemError) {
      let child = try Descriptor(
        opening: name, in: directory.number, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
      let identity = try Self.identify(child)
      if identity.is_mount_root != 0 {
        throw FilesystemError(
          .io, "Device or resource busy, a file system is mounted on it",
          detail: "\(SystemCall.describe(name)) is a mount point", code: EBUSY)
      }
      let remaining = try Self.removeFiles(in: child)
      levels.append(Level(name: name, identity: identity, remaining: remaining, returns: returns))
      directory = child
    } catch {
      if error.code == ENOENT, returns == 0, levels.count > 1 { return }
      // A directory that may not be read can still be removed if it is empty.
      guard error.code == EACCES,
        (try? Removal.unlink(name, in: directory.number, AT_REMOVEDIR)) != nil
      else { throw error }
    }
  }

  /// Goes up and removes the directory that it comes from.
  private mutating func leave() throws(FilesystemError) {
    let level = levels.removeLast()
    let parent = try Descriptor(
      opening: Array("..".utf8), in: directory.number, CLINUX_O_PATH | O_DIRECTORY)
    let expected = levels[levels.count - 1].identity
    let found = try Self.identify(parent)
    guard found.inode == expected.inode, found.device == expected.device else {
      throw FilesystemError(.io, "A directory was moved while its tree was being removed")
    }
    directory = parent
    do throws(FilesystemError) {
      try Removal.unlink(level.name, in: directory.number, AT_REMOVEDIR)
    } catch {
      if error.code == ENOENT { return }
      guard error.code == ENOTEMPTY, level.returns < Self.returnLimit else { throw error }
      try enter(level.name, returns: level.returns + 1)
    }
  }

  /// Removes what is no directory and returns the names of the directories.
  private static func removeFiles(
    in directory: borrowing Descriptor
  ) throws(FilesystemError) -> [[UInt8]] {
    var stream = try DirectoryStream(opening: [UInt8(ascii: ".")], in: directory.number)
    var directories: [[UInt8]] = []
    while let entry = try stream.next() {
      if entry.isDirectory {
        directories.append(entry.name)
        continue
      }
      do throws(FilesystemError) {
        try Removal.unlink(entry.name, in: stream.descriptor, 0)
      } catch {
        guard error.code == ENOENT else { throw error }
      }
    }
    return directories
  }

  private static func identify(
    _ descriptor: borrowing Descriptor
  ) throws(FilesystemError) -> clinux_identity {
    var identity = clinux_identity()
    let number = descriptor.number
    try SystemCall.perform("statx") { clinux_identify(number, &identity) }
    return identity
  }
}
