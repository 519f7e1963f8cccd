import Glibc

/// The names of users and groups, from the image's own /etc/passwd and /etc/group.
///
/// Read here and not with `getpwuid`: a static program would have to load the image's name
/// service modules, which may be missing or of another libc.
struct Accounts {
  private let users: [UInt32: String]
  private let groups: [UInt32: String]

  /// Reads both files; one that is missing or unreadable has no names.
  init() {
    self.init(
      users: Self.content(of: "/etc/passwd"), groups: Self.content(of: "/etc/group"))
  }

  /// Takes the content of the two files.
  init(users: [UInt8], groups: [UInt8]) {
    self.users = Self.names(in: users)
    self.groups = Self.names(in: groups)
  }

  /// The user's name, or the number as text.
  func userName(_ id: UInt32) -> String { users[id] ?? String(id) }

  /// The group's name, or the number as text.
  func groupName(_ id: UInt32) -> String { groups[id] ?? String(id) }

  /// Both files have lines of `name:password:id:…`; the first line of an id counts.
  private static func names(in text: [UInt8]) -> [UInt32: String] {
    var names: [UInt32: String] = [:]
    for line in text.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(
        separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
      guard fields.count >= 3, !fields[0].isEmpty,
        let id = UInt32(String(decoding: fields[2], as: UTF8.self)), names[id] == nil
      else { continue }
      names[id] = String(decoding: fields[0], as: UTF8.self)
    }
    return names
  }

  private static func content(of path: String) -> [UInt8] {
    let limit = 8 << 20
    var content: [UInt8] = []
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    defer { buffer.deallocate() }
    do throws(FilesystemError) {
      let file = try Descriptor(opening: Array(path.utf8), O_RDONLY | O_NONBLOCK)
      guard try file.status().isRegularFile else { return [] }
      while content.count < limit {
        let count = try ByteStream.read(from: file.number, into: buffer, whenEmpty: .stop)
        if count == 0 { break }
        content.append(contentsOf: buffer[..<count])
      }
    } catch {
      return []
    }
    return content
  }
}
