import CLinux
import CopyPatterns
import FilesystemTool
import Glibc

/// Writes copies of files and directories below the root of the destination.
final class TreeWriter {
  private let root: Root
  /// What new files and directories have.
  let attributes: Attributes
  /// What was given expressly.
  let given: Attributes
  /// Whether directories that are there keep their attributes.
  let keepsDirectories: Bool
  private let excludes: ExcludePatterns
  let content = FileContent()
  /// Where the first of several hard links to one file has been copied to.
  private var links: [LinkKey: [UInt8]] = [:]

  private struct LinkKey: Hashable {
    let device: dev_t
    let inode: ino_t
  }

  /// Each directory costs two descriptors and a level of recursion.
  private static let deepest = 2000

  init(
    root: Root, attributes: Attributes, given: Attributes, keepsDirectories: Bool,
    excludes: ExcludePatterns
  ) {
    self.root = root
    self.attributes = attributes
    self.given = given
    self.keepsDirectories = keepsDirectories
    self.excludes = excludes
  }

  /// Whether something of these names, seen from what is copied, is left out.
  func isExcluded(_ names: some Collection<[UInt8]>) -> Bool {
    !excludes.isEmpty && excludes.excludes(joined(Array(names)))
  }

  /// The directory of the destination with these names, made where it is missing.
  func makeDirectory(_ names: [[UInt8]]) throws(CopyFailure) -> Descriptor {
    try root.makeDirectory(names, owner: given.owner ?? .root)
  }

  /// Whether there is a directory in the destination, or a link to one.
  func isDirectory(_ names: [[UInt8]]) throws(CopyFailure) -> Bool {
    let path = joined(names)
    guard let found = try root.openIfPresent(path, CLINUX_O_PATH) else { return false }
    let status = try naming(path) { () throws(FilesystemError) in try found.status() }
    return status.kind == .directory
  }

  /// The directory at a place, links followed.
  func openLinked(_ place: Place) throws(CopyFailure) -> Descriptor {
    try root.open(place.path, O_RDONLY | O_DIRECTORY)
  }

  /// Copies all entries of one directory to another.
  func copyContent(of source: Int32, to target: Int32, _ place: Place) throws(CopyFailure) {
    guard place.depth < Self.deepest else {
      throw CopyFailure("directories are more than \(Self.deepest) levels deep")
    }
    var stream = try naming(place.path) { () throws(FilesystemError) in
      try DirectoryStream(opening: [UInt8(ascii: ".")], in: source)
    }
    while let entry = try naming(place.path, { () throws(FilesystemError) in try stream.next() }) {
      try copyEntry(entry.name, of: source, to: target, place.entry(entry.name))
    }
  }

  /// Copies one entry of a directory, with what is below it; false where there is none.
  @discardableResult
  func copyEntry(
    _ name: [UInt8], of source: Int32, to target: Int32, _ place: Place
  ) throws(CopyFailure) -> Bool {
    var status = stat()
    guard SystemCall.withPath(name, { fstatat(source, $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0
    else {
      if errno == ENOENT { return false }
      throw CopyFailure(errno, place.path)
    }
    if isExcluded(place.below) {
      guard status.kind == .directory, excludes.hasExceptions,
        try hasException(name, in: source, place)
      else { return true }
    }
    switch status.kind {
    case .directory: try copyDirectory(name, of: source, to: target, place)
    case .regular:
      let file = try naming(place.path) { () throws(FilesystemError) in
        try Descriptor(opening: name, in: source, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
      }
      try copyFile(file.number, status, to: name, in: target, place)
    case .link: try copyLink(name, status, of: source, to: target, place)
    case .special: try makeSpecialFile(status, name, in: target, place)
    }
    return true
  }

  private func copyDirectory(
    _ name: [UInt8], of source: Int32, to target: Int32, _ place: Place
  ) throws(CopyFailure) {
    guard let directory = try openDirectory(name, in: source, place) else { return }
    let made = try makeDirectory(name, in: target, place)
    try copyContent(of: directory.number, to: made.descriptor.number, place)
    try finishDirectory(made, from: directory.number, place)
  }

  /// A regular file's copy, or a hard link to the one that was made before.
  func copyFile(
    _ file: Int32, _ status: stat, to name: [UInt8], in target: Int32, _ place: Place
  ) throws(CopyFailure) {
    if status.st_nlink > 1 {
      let key = LinkKey(device: status.st_dev, inode: status.st_ino)
      if let first = links[key] { return try link(first, to: name, in: target, place) }
      links[key] = place.path
    }
    let number = try replacing(name, in: target, place) {
      SystemCall.withPath(name) {
        openat(target, $0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
      }
    }
    let copy = Descriptor(adopting: number)
    try content.copy(status, from: file, to: number, at: place.path)
    try attributes.apply(status, from: file, to: number, at: place.path)
    do throws(FilesystemError) {
      try copy.close()
    } catch {
      throw CopyFailure(error.code, place.path)
    }
  }

  private func link(
    _ first: [UInt8], to name: [UInt8], in target: Int32, _ place: Place
  ) throws(CopyFailure) {
    let file = try root.open(first, CLINUX_O_PATH | O_NOFOLLOW)
    _ = try replacing(name, in: target, place) {
      SystemCall.withPath(name) { linkat(file.number, "", target, $0, CLINUX_AT_EMPTY_PATH) }
    }
  }
}
