import GuestProtocol

/// Who a process runs as.
package struct UserIdentity: Equatable {
  package let user: UInt32
  package let group: UInt32
  /// Supplementary groups.
  package let groups: [UInt32]
  /// The home directory.
  package let home: String
  /// Whether this is the agent's own identity, so that nothing has to be changed.
  package let isCaller: Bool
}

/// The users and groups of an image, from its own files: the C library's functions would need the
/// image's name services.
package struct Accounts {
  private struct User {
    let name: Substring
    let id: UInt32
    let group: UInt32
    let home: Substring
  }

  private struct Group {
    let name: Substring
    let id: UInt32
    let members: Substring
  }

  private let readUsers: () -> String
  private let readGroups: () -> String

  /// Accounts in the texts of `/etc/passwd` and `/etc/group`, read when they are needed.
  package init(
    passwd: @escaping @autoclosure () -> String, group: @escaping @autoclosure () -> String
  ) {
    readUsers = passwd
    readGroups = group
  }

  /// The accounts of the present root.
  static func ofRoot() -> Accounts {
    Accounts(passwd: text("/etc/passwd"), group: text("/etc/group"))
  }

  /// Finds who `user`, `uid`, `user:group` or `uid:gid` is; empty is root.
  ///
  /// As in a Dockerfile's USER, a number needs no entry; its group is 0 then.
  package func identity(for text: String) throws(GuestFailure) -> UserIdentity {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts.first.flatMap { $0.isEmpty ? nil : $0 } ?? "0"
    let entry = user(name)
    guard let id = entry?.id ?? Self.number(name) else {
      throw GuestFailure(.unknownUser, "the user \(name) is not in the image's /etc/passwd")
    }
    let home = entry.map { String($0.home) } ?? (id == 0 ? "/root" : "/")
    if parts.count == 2, !parts[1].isEmpty {
      return make(id, try group(parts[1]), [], home)
    }
    let group = entry?.group ?? 0
    return make(id, group, entry.map { memberships($0) } ?? [], home)
  }

  private func make(
    _ user: UInt32, _ group: UInt32, _ groups: [UInt32], _ home: String
  ) -> UserIdentity {
    UserIdentity(
      user: user, group: group, groups: groups, home: home.isEmpty ? "/" : home,
      isCaller: user == 0 && group == 0 && groups.isEmpty)
  }

  private func user(_ key: Substring) -> User? {
    let users = lines(readUsers()).compactMap { fields -> User? in
      guard fields.count >= 6, let id = Self.number(fields[2]), let group = Self.number(fields[3])
      else { return nil }
      return User(name: fields[0], id: id, group: group, home: fields[5])
    }
    return users.first { $0.name == key } ?? users.first { String($0.id) == key }
  }

  private func group(_ key: Substring) throws(GuestFailure) -> UInt32 {
    if let found = groups().first(where: { $0.name == key }) { return found.id }
    guard let id = Self.number(key) else {
      throw GuestFailure(.unknownUser, "the group \(key) is not in the image's /etc/group")
    }
    return id
  }

  private func memberships(_ user: User) -> [UInt32] {
    var found = [user.group]
    for group in groups() where !found.contains(group.id) {
      if group.members.split(separator: ",").contains(user.name) { found.append(group.id) }
    }
    return found == [0] ? [] : found
  }

  private func groups() -> [Group] {
    lines(readGroups()).compactMap { fields in
      guard fields.count >= 4, let id = Self.number(fields[2]) else { return nil }
      return Group(name: fields[0], id: id, members: fields[3])
    }
  }

  /// A user's or group's number. The highest one is none: setresuid(2) takes it for "no change",
  /// and the process would stay root.
  private static func number(_ text: Substring) -> UInt32? {
    UInt32(text).flatMap { $0 == .max ? nil : $0 }
  }

  private func lines(_ text: String) -> [[Substring]] {
    text.split(separator: "\n").map {
      $0.split(separator: ":", omittingEmptySubsequences: false)
    }
  }

  private static func text(_ path: String) -> String {
    String(decoding: SmallFile.read(path) ?? [], as: UTF8.self)
  }
}
