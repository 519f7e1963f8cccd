import Glibc

/// Which directories are watched, under which paths.
struct WatchedTree: ~Copyable {
  /// A path found in a directory that had just appeared.
  typealias Path = [UInt8]

  private let queue: InotifyQueue
  private let mask: Int32
  private var paths: [Int32: Path] = [:]

  /// Starts with no directory.
  ///
  /// - Parameter mask: the `IN_…` bits to ask for.
  init(mask: Int32) throws(FilesystemError) {
    queue = try InotifyQueue()
    self.mask = mask | IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK
  }

  /// The queue's descriptor, for `poll`.
  var number: Int32 { queue.number }

  /// What happened since the last call.
  func events() throws(FilesystemError) -> [InotifyEvent] { try queue.read() }

  /// Where the watch's directory is; nil if it is watched no more.
  func path(of watch: Int32) -> Path? { paths[watch] }

  /// Watches one directory.
  mutating func add(_ path: Path) throws(FilesystemError) -> Int32 {
    let watch = try queue.add(path, mask: mask)
    paths[watch] = path
    return watch
  }

  /// Watches a directory and all below it, as far as they may be read.
  ///
  /// Each is watched first and read afterwards: what appears meanwhile is either read here or
  /// told by an event, or both.
  ///
  /// - Returns: the paths of all that is in them.
  mutating func addTree(_ top: Path) throws(FilesystemError) -> [Path] {
    var found: [Path] = []
    var remaining = [top]
    while let directory = remaining.popLast() {
      do throws(FilesystemError) {
        _ = try add(directory)
        var stream = try DirectoryStream(opening: directory, O_NOFOLLOW)
        while let entry = try stream.next() {
          let path = AbsolutePath.join(directory, entry.name)
          found.append(path)
          if entry.isDirectory { remaining.append(path) }
        }
      } catch {
        // Gone again, replaced by a link, forbidden or too deep: not a reason to end the watch.
        // A limit of the kernel is: whoever watches would miss changes without knowing.
        guard [ENOENT, ENOTDIR, ELOOP, EACCES, ENAMETOOLONG].contains(error.code) else {
          throw error
        }
      }
    }
    return found
  }

  /// Forgets a watch that the kernel has ended.
  mutating func forget(_ watch: Int32) {
    paths[watch] = nil
  }

  /// Stops watching a directory that has left the tree, and all below it.
  mutating func removeTree(_ top: Path) {
    for (watch, path) in paths where Self.isPath(path, atOrBelow: top) {
      queue.remove(watch)
      paths[watch] = nil
    }
  }

  /// Follows a directory and all below it to another path.
  mutating func moveTree(from source: Path, to destination: Path) {
    for (watch, path) in paths where Self.isPath(path, atOrBelow: source) {
      paths[watch] = destination + path.dropFirst(source.count)
    }
  }

  private static func isPath(_ path: Path, atOrBelow top: Path) -> Bool {
    path.starts(with: top) && (path.count == top.count || path[top.count] == UInt8(ascii: "/"))
  }
}
