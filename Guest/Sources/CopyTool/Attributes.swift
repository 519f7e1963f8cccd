import CLinux
import FilesystemTool
import Glibc

/// What is copied of a file besides its content: owner, mode, times and extended attributes.
struct Attributes {
  /// Who everything belongs to; nil keeps the owners.
  let owner: Owner?
  /// The mode of all but links; nil keeps the modes.
  let mode: UInt32?

  private func owner(of status: stat) -> Owner {
    owner ?? Owner(user: status.st_uid, group: status.st_gid)
  }

  /// Gives an open file or directory what its source has.
  ///
  /// The order matters: a change of the owner takes away capabilities and setuid.
  func apply(
    _ status: stat, from source: Int32, to target: Int32, at path: [UInt8]
  ) throws(CopyFailure) {
    let owner = owner(of: status)
    try call(path) { fchown(target, owner.user, owner.group) }
    try ExtendedAttributes.copy(from: source, to: target, at: path)
    try call(path) { fchmod(target, mode ?? (status.st_mode & 0o7777)) }
    var times = [status.st_atim, status.st_mtim]
    try call(path) { futimens(target, &times) }
  }

  /// The same for what cannot be opened: a link, a device, a pipe.
  func apply(
    _ status: stat, to name: [UInt8], in directory: Int32, at path: [UInt8]
  ) throws(CopyFailure) {
    let owner = owner(of: status)
    try call(path) {
      SystemCall.withPath(name) {
        fchownat(directory, $0, owner.user, owner.group, AT_SYMLINK_NOFOLLOW)
      }
    }
    if status.kind != .link {
      let mode = mode ?? (status.st_mode & 0o7777)
      try call(path) { SystemCall.withPath(name) { fchmodat(directory, $0, mode, 0) } }
    }
    var times = [status.st_atim, status.st_mtim]
    try call(path) {
      SystemCall.withPath(name) { utimensat(directory, $0, &times, AT_SYMLINK_NOFOLLOW) }
    }
  }

  /// What is given expressly, to a directory that is there already and keeps the rest.
  func applyGiven(to target: Int32, at path: [UInt8]) throws(CopyFailure) {
    if let owner { try call(path) { fchown(target, owner.user, owner.group) } }
    if let mode { try call(path) { fchmod(target, mode) } }
  }
}

/// Extended attributes, among them capabilities and access control lists.
enum ExtendedAttributes {
  static func copy(from source: Int32, to target: Int32, at path: [UInt8]) throws(CopyFailure) {
    for name in try names(of: source, at: path) {
      guard let value = try value(of: name, in: source, at: path) else { continue }
      let result = name.withUnsafeBufferPointer { name in
        value.withUnsafeBytes { fsetxattr(target, name.baseAddress, $0.baseAddress, $0.count, 0) }
      }
      if result != 0 { throw CopyFailure(errno, path) }
    }
  }

  /// The names, each with its NUL. A file system without attributes has none.
  private static func names(of file: Int32, at path: [UInt8]) throws(CopyFailure) -> [[CChar]] {
    let size = flistxattr(file, nil, 0)
    guard size > 0 else {
      if size == 0 || errno == EOPNOTSUPP { return [] }
      throw CopyFailure(errno, path)
    }
    var list = [CChar](repeating: 0, count: size)
    let count = flistxattr(file, &list, size)
    guard count >= 0 else { throw CopyFailure(errno, path) }
    return list.prefix(count).split(separator: 0).map { Array($0) + [0] }
  }

  private static func value(
    of name: [CChar], in file: Int32, at path: [UInt8]
  ) throws(CopyFailure) -> [UInt8]? {
    let size = fgetxattr(file, name, nil, 0)
    guard size >= 0 else {
      if errno == ENODATA || errno == EOPNOTSUPP { return nil }
      throw CopyFailure(errno, path)
    }
    var value = [UInt8](repeating: 0, count: size)
    let count = fgetxattr(file, name, &value, size)
    guard count >= 0 else { throw CopyFailure(errno, path) }
    return Array(value.prefix(count))
  }
}
