import FilesystemTool
import Glibc

/// A user and a group by their numbers.
struct Owner: Equatable {
  let user: UInt32
  let group: UInt32

  static let root = Owner(user: 0, group: 0)
}

extension Owner {
  /// Finds who `user`, `uid`, `user:group` or `uid:gid` is in an image's own files. A user without
  /// a group has the group that its entry names; a number without an entry is its own group.
  init(_ text: String, in root: Root) throws(CopyFailure) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts.first.map { $0.isEmpty ? "0" : String($0) } ?? "0"
    var entry: [Substring]?
    if let number = Self.number(name) {
      user = number
    } else {
      entry = try Self.entry(of: name, in: "etc/passwd", root)
      user = try Self.id(entry, name, "user", "/etc/passwd")
    }
    guard parts.count == 2, !parts[1].isEmpty else {
      group = entry.flatMap { $0.count > 3 ? Self.number(String($0[3])) : nil } ?? user
      return
    }
    let groupName = String(parts[1])
    if let number = Self.number(groupName) {
      group = number
    } else {
      group = try Self.id(
        try Self.entry(of: groupName, in: "etc/group", root), groupName, "group", "/etc/group")
    }
  }

  private static func id(
    _ entry: [Substring]?, _ name: String, _ kind: String, _ file: String
  ) throws(CopyFailure) -> UInt32 {
    guard let entry, entry.count > 2, let id = number(String(entry[2])) else {
      throw CopyFailure("the \(kind) “\(name)” is not in the image's \(file)")
    }
    return id
  }

  /// The highest number is none: chown(2) takes it for "no change".
  private static func number(_ text: String) -> UInt32? {
    UInt32(text).flatMap { $0 == .max ? nil : $0 }
  }

  /// The first line of `name:password:id:…` that has the name.
  private static func entry(
    of name: String, in path: String, _ root: Root
  ) throws(CopyFailure) -> [Substring]? {
    guard let text = try content(of: Array(path.utf8), root) else { return nil }
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: ":", omittingEmptySubsequences: false)
      if fields.first == name[...] { return fields }
    }
    return nil
  }

  private static func content(
    of path: [UInt8], _ root: Root
  ) throws(CopyFailure) -> String? {
    guard let file = try root.openIfPresent(path, O_RDONLY | O_NONBLOCK) else { return nil }
    let limit = 8 << 20
    let text = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      while count < limit {
        let got = read(file.number, buffer.baseAddress.map { $0 + count }, limit - count)
        if got <= 0 { break }
        count += got
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
