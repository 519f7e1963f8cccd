import CArchive
import CUnpackHost
import Glibc
import UnpackRequest

/// Writes a layer's entries into the current directory, which is the image's root and the process's.
struct LayerWriter: ~Copyable {
  private let disk: OpaquePointer
  /// What this layer has made or gone through, which its whiteouts leave alone.
  private var touched: Set<EntryName> = []
  /// The times of directories that lower layers have already. libarchive sets those at once, and what
  /// comes into the directory afterwards changes them again.
  private var times: [EntryName: timespec] = [:]
  private(set) var warnings: [String] = []

  init() throws(UnpackResult.Failure) {
    guard let disk = archive_write_disk_new() else { throw LayerStream.noMemory }
    self.disk = disk
    archive_write_disk_set_options(
      disk,
      ARCHIVE_EXTRACT_OWNER | ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_TIME | ARCHIVE_EXTRACT_ACL
        | ARCHIVE_EXTRACT_XATTR | ARCHIVE_EXTRACT_SPARSE)
  }

  deinit { archive_write_free(disk) }

  /// Writes an entry whose content `archive` gives.
  mutating func write(
    _ entry: OpaquePointer, of archive: LayerArchive
  ) throws(UnpackResult.Failure) {
    guard let given = archive_entry_pathname(entry) else {
      throw UnpackResult.Failure(.refused, "an entry has no name that can be read")
    }
    let name = try Self.name(given)
    switch name.purpose {
    case .bookkeeping: return
    case .whiteout(let hidden): return try hide(hidden)
    case .opaque(let directory): return try empty(directory)
    case .content: break
    }
    if let target = archive_entry_hardlink(entry) {
      let target = try Self.name(target)
      guard target != name else { return }
      archive_entry_copy_hardlink(entry, target.path)
      // A link has no content of its own, and what it links to may be a device or a pipe.
      archive_entry_unset_size(entry)
    }
    archive_entry_copy_pathname(entry, name.path)
    // An immutable file could not be replaced by the next layer.
    archive_entry_set_fflags(entry, 0, 0)
    let isDirectory = archive_entry_filetype(entry) == S_IFDIR
    let isThere = try makeRoom(for: name, isDirectory: isDirectory)
    touch(name)
    if isThere, archive_entry_mtime_is_set(entry) != 0 {
      times[name] = timespec(
        tv_sec: archive_entry_mtime(entry), tv_nsec: archive_entry_mtime_nsec(entry))
    }
    try check(archive_write_header(disk, entry), name)
    if archive_entry_hardlink(entry) == nil, archive_entry_size(entry) > 0 {
      try copy(from: archive, name)
    }
    try check(archive_write_finish_entry(disk), name)
  }

  /// Sets what has to wait until everything is there: times and modes of directories.
  mutating func finish() throws(UnpackResult.Failure) {
    try check(archive_write_close(disk), nil)
    for (name, time) in times {
      var status = stat()
      // It may have been replaced, or removed by a whiteout, since.
      guard lstat(name.path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { continue }
      guard utimensat(AT_FDCWD, name.path, [time, time], AT_SYMLINK_NOFOLLOW) == 0 else {
        let reason = String(cString: strerror(errno))
        throw UnpackResult.Failure(.host, "the time of \(name.shown) cannot be set: \(reason)")
      }
    }
  }

  private static func name(_ text: UnsafePointer<CChar>) throws(UnpackResult.Failure) -> EntryName {
    let bytes = UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(bitPattern: $0) }
    do {
      return try EntryName(bytes)
    } catch { throw UnpackResult.Failure(.refused, error.reason) }
  }

  private func copy(
    from archive: LayerArchive, _ name: EntryName
  ) throws(UnpackResult.Failure) {
    var block: UnsafeRawPointer?
    var (count, offset) = (0, la_int64_t(0))
    while true {
      let status = archive_read_data_block(archive.handle, &block, &count, &offset)
      if status == ARCHIVE_EOF { return }
      guard status == ARCHIVE_OK || status == ARCHIVE_WARN else { throw archive.failure() }
      guard archive_write_data_block(disk, block, count, offset) >= ARCHIVE_WARN else {
        throw writeFailure(name)
      }
    }
  }

  private mutating func check(_ status: Int32, _ name: EntryName?) throws(UnpackResult.Failure) {
    switch status {
    case ARCHIVE_OK: return
    case ARCHIVE_WARN:
      if warnings.count < 8 {
        warnings.append("\(name?.shown ?? "a directory"): \(text(disk))")
      }
    default: throw writeFailure(name)
    }
  }

  private func writeFailure(_ name: EntryName?) -> UnpackResult.Failure {
    let place = name.map { "\($0.shown) cannot be written" } ?? "directories cannot be finished"
    let code = archive_errno(disk)
    let kind: UnpackResult.Failure.Kind =
      switch code {
      case ENOSPC: .tooMuch
      case EIO, EROFS, ENOMEM: .host
      default: .refused
      }
    return UnpackResult.Failure(kind, "\(place): \(text(disk))")
  }

  /// Takes away what is in the place of an entry, unless both are directories; returns whether they
  /// are.
  private func makeRoom(
    for name: EntryName, isDirectory: Bool
  ) throws(UnpackResult.Failure) -> Bool {
    var status = stat()
    guard lstat(name.path, &status) == 0 else { return false }
    let isInPlace = status.st_mode & S_IFMT == S_IFDIR
    guard !(isInPlace && isDirectory) else { return true }
    guard !name.parts.isEmpty else {
      throw UnpackResult.Failure(.refused, "an entry replaces the root directory")
    }
    try remove(name)
    return false
  }

  private mutating func touch(_ name: EntryName) {
    var name = name
    while !name.parts.isEmpty, touched.insert(name).inserted { name = name.parent }
  }

  /// Removes what lower layers have of a name.
  private func hide(_ name: EntryName) throws(UnpackResult.Failure) {
    guard touched.contains(name) else { return try remove(name) }
    try empty(name)
  }

  /// Removes what lower layers have in a directory.
  private func empty(_ directory: EntryName) throws(UnpackResult.Failure) {
    var status = stat()
    guard lstat(directory.path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
      let stream = opendir(directory.path)
    else { return }
    var children: [EntryName] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name != Array(".".utf8), name != Array("..".utf8) {
        children.append(directory.appending(name))
      }
    }
    closedir(stream)
    for child in children { try hide(child) }
  }

  private func remove(_ name: EntryName) throws(UnpackResult.Failure) {
    let code = unpack_remove_tree(name.path)
    // A part of the path that is no directory has nothing in it.
    guard code == 0 || code == -ENOTDIR else {
      throw UnpackResult.Failure(
        code == -ELOOP ? .refused : .host,
        "\(name.shown) cannot be removed: \(String(cString: strerror(-code)))")
    }
  }
}
