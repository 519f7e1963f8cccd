import CLinux
import FilesystemTool
import Glibc

/// A directory of the destination that has been opened to copy into.
struct MadeDirectory: ~Copyable {
  let descriptor: Descriptor
  let isNew: Bool

  consuming func intoDescriptor() -> Descriptor { descriptor }
}

extension TreeWriter {
  /// A directory of the source; nil where there is none of this name.
  func openDirectory(
    _ name: [UInt8], in source: Int32, _ place: Place
  ) throws(CopyFailure) -> Descriptor? {
    let number = SystemCall.withPath(name) {
      openat(source, $0, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    }
    if number >= 0 { return Descriptor(adopting: number) }
    guard [ENOENT, ENOTDIR, ELOOP].contains(errno) else { throw CopyFailure(errno, place.path) }
    return nil
  }

  /// A directory of the destination to copy into, and whether it is new. A link to a directory is
  /// followed within the root: Debian's `/lib` is one.
  func makeDirectory(
    _ name: [UInt8], in target: Int32, _ place: Place
  ) throws(CopyFailure) -> MadeDirectory {
    let isNew = SystemCall.withPath(name) { mkdirat(target, $0, 0o700) } == 0
    guard isNew || errno == EEXIST else { throw CopyFailure(errno, place.path) }
    if let found = try openDirectory(name, in: target, place) {
      return MadeDirectory(descriptor: found, isNew: isNew)
    }
    do throws(CopyFailure) {
      return MadeDirectory(descriptor: try openLinked(place), isNew: false)
    } catch {
      throw CopyFailure(
        "\(SystemCall.describe(place.path)) is no directory, but a directory is to be copied there")
    }
  }

  /// Gives a directory its attributes, after its content: that changes the time.
  func finishDirectory(
    _ made: borrowing MadeDirectory, from source: Int32, _ place: Place
  ) throws(CopyFailure) {
    let target = made.descriptor.number
    guard made.isNew || !keepsDirectories else {
      return try given.applyGiven(to: target, at: place.path)
    }
    var status = stat()
    try call(place.path) { fstat(source, &status) }
    try attributes.apply(status, from: source, to: target, at: place.path)
  }

  /// Whether something below an excluded directory is not excluded.
  func hasException(_ name: [UInt8], in source: Int32, _ place: Place) throws(CopyFailure) -> Bool {
    guard let directory = try openDirectory(name, in: source, place) else { return false }
    var stream = try naming(place.path) { () throws(FilesystemError) in
      try DirectoryStream(opening: [UInt8(ascii: ".")], in: directory.number)
    }
    while let entry = try naming(place.path, { () throws(FilesystemError) in try stream.next() }) {
      let below = place.entry(entry.name)
      if !isExcluded(below.below) { return true }
      if entry.isDirectory, try hasException(entry.name, in: directory.number, below) {
        return true
      }
    }
    return false
  }
}
