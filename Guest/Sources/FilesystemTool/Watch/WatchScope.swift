import Glibc

/// What a watch is about: its directory, and the one name in it when it watches a file.
struct WatchScope {
  /// The directory to watch, with symbolic links resolved.
  let directory: [UInt8]
  /// The only name that counts; nil when the directory itself is watched.
  let name: [UInt8]?
  /// Whether directories below count as well.
  let recursive: Bool

  /// Finds out what the path of the request is.
  ///
  /// A file is watched through its directory: that also tells when it is replaced by another
  /// file of its name, as editors do, and when it comes back after a removal.
  init(_ request: WatchRequest) throws(FilesystemError) {
    let path = try Self.resolve(request.path)
    let bytes = path.bytes
    try SystemCall.perform("access(\(path))") {
      SystemCall.withPath(bytes) { faccessat(AT_FDCWD, $0, R_OK, AT_EACCESS) }
    }
    let status = try SystemCall.status(of: bytes, followingLink: true)
    directory = status.isDirectory ? bytes : path.parent.bytes
    name = status.isDirectory ? nil : path.name
    recursive = request.recursive && status.isDirectory
  }

  /// The path that the watch is about.
  var path: [UInt8] { name.map { AbsolutePath.join(directory, $0) } ?? directory }

  /// Whether a change at one of the paths is to be reported.
  func covers(_ paths: [[UInt8]]) -> Bool { name == nil || paths.contains(path) }

  /// The `IN_…` bits that are needed to report events of these kinds.
  func mask(for kinds: Set<WatchEvent.Kind>) -> Int32 {
    // The end of the directory itself, always.
    var mask = IN_DELETE_SELF | IN_MOVE_SELF
    if kinds.contains(.create) { mask |= IN_CREATE }
    if kinds.contains(.modify) { mask |= IN_MODIFY | IN_ATTRIB }
    if kinds.contains(.remove) { mask |= IN_DELETE }
    if kinds.contains(.access) { mask |= IN_OPEN | IN_CLOSE_WRITE }
    if !kinds.isDisjoint(with: [.rename, .renameFrom, .renameTo]) { mask |= IN_MOVE }
    // Directories that appear are to be watched, whatever is reported.
    if recursive { mask |= IN_CREATE | IN_MOVE }
    return mask
  }

  private static func resolve(_ path: AbsolutePath) throws(FilesystemError) -> AbsolutePath {
    let resolved = SystemCall.withPath(path.strictBytes) { path -> AbsolutePath? in
      guard let text = realpath(path, nil) else { return nil }
      defer { free(text) }
      return AbsolutePath(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }
    guard let resolved else { throw FilesystemError(code: errno, during: "realpath(\(path))") }
    return resolved
  }
}
