import Glibc
import JSON

/// One file, directory or symbolic link, as Stat and ListFiles describe it.
struct FileEntry {
  let name: [UInt8]
  let path: [UInt8]
  let status: stat
  let owner: String
  let group: String
  /// Where a symbolic link points; nil for everything else.
  let linkTarget: [UInt8]?

  /// Describes what is at `path`: a symbolic link itself, not what it points to.
  static func describing(_ path: AbsolutePath) throws(FilesystemError) -> FileEntry {
    try FileEntry(
      name: path.name ?? path.bytes, path: path.bytes, lookup: path.strictBytes,
      in: AT_FDCWD, accounts: Accounts())
  }

  /// Describes the file that `lookup` leads to from `directory`.
  init(
    name: [UInt8], path: [UInt8], lookup: [UInt8], in directory: Int32, accounts: Accounts
  ) throws(FilesystemError) {
    self.name = name
    self.path = path
    let status = try SystemCall.status(of: lookup, in: directory, followingLink: false)
    self.status = status
    owner = accounts.userName(status.st_uid)
    group = accounts.groupName(status.st_gid)
    linkTarget =
      status.type == S_IFLNK ? try Self.linkTarget(of: lookup, in: directory) : nil
  }

  private static func linkTarget(
    of path: [UInt8], in directory: Int32
  ) throws(FilesystemError) -> [UInt8] {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let capacity = buffer.count
    let count = try SystemCall.perform("readlink(\(SystemCall.describe(path)))") {
      SystemCall.withPath(path) { readlinkat(directory, $0, &buffer, capacity) }
    }
    return buffer.prefix(count).map { UInt8(bitPattern: $0) }
  }

  /// The entry as the SDK reads it. Names that are not UTF-8 get replacement characters.
  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("name", .string(String(decoding: name, as: UTF8.self))),
      .init("path", .string(String(decoding: path, as: UTF8.self))),
      .init("type", .string(typeName)),
      .init("size", .integer(Int(status.st_size))),
      .init("mode", .integer(Int(status.st_mode))),
      .init("permissions", .string(permissions)),
      .init("owner", .string(owner)),
      .init("group", .string(group)),
      .init("modified_time", .number(modifiedTime)),
    ]
    if let linkTarget {
      let target = String(decoding: linkTarget, as: UTF8.self)
      members.append(.init("symlink_target", .string(target)))
    }
    return .object(members)
  }

  /// The SDK knows three types; special files count as files.
  private var typeName: String {
    switch status.type {
    case S_IFDIR: "directory"
    case S_IFLNK: "symlink"
    default: "file"
    }
  }

  /// Four octal digits.
  private var permissions: String {
    let digits = String(status.st_mode & 0o7777, radix: 8)
    return String(repeating: "0", count: 4 - digits.utf8.count) + digits
  }

  /// Seconds since 1970.
  private var modifiedTime: Double {
    Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
  }
}
