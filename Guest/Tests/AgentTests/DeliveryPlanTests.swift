import Agent
import Glibc
import GuestProtocol
import Testing

/// Delivered files and a root as lists of paths; those of directories end with a slash.
private struct FakeView: DeliveryView {
  let files: [String]
  let root: [String]

  func delivered(in path: String) throws(GuestFailure) -> [DeliveredEntry] {
    var names: [String: Bool] = [:]
    for file in files where file.hasPrefix(path + "/") {
      let rest = file.dropFirst(path.count + 1)
      names[String(rest.prefix { $0 != "/" })] = rest.contains("/")
    }
    return names.sorted { $0.key < $1.key }.map {
      DeliveredEntry(name: $0.key, isDirectory: $0.value)
    }
  }

  func place(_ path: String) throws(GuestFailure) -> DeliveryPlace {
    if root.contains(path) { return .file }
    guard root.contains(where: { $0.hasPrefix(path + "/") }) else { return .nothing }
    return root.contains { $0.hasPrefix(path + "/") && $0 != path + "/" }
      ? .directory : .emptyDirectory
  }
}

@Suite struct DeliveryPlanTests {
  private func binds(_ files: [String], root: [String]) throws -> [String] {
    try DeliveryPlan(FakeView(files: files, root: root)).binds.map {
      "\($0.path)\($0.isDirectory ? "/" : "")\($0.needsPlace ? " new" : "")"
    }.sorted()
  }

  @Test func whatTheRootLacksIsBoundAsAWhole() throws {
    #expect(
      try binds(["/app/a", "/app/sub/b", "/x"], root: ["/bin/sh"]) == ["/app/ new", "/x new"])
  }

  @Test func ofADirectoryThatTheRootHasOnlyThePartsAreBound() throws {
    #expect(
      try binds(["/root/pkg/a", "/root/pkg/b", "/root/c"], root: ["/root/.profile"])
        == ["/root/c new", "/root/pkg/ new"])
  }

  @Test func anEmptyDirectoryHidesNothing() throws {
    #expect(try binds(["/srv/a", "/srv/b"], root: ["/srv/", "/bin/sh"]) == ["/srv/"])
  }

  @Test func aFileOfTheRootIsHidden() throws {
    #expect(try binds(["/etc/issue"], root: ["/etc/issue", "/etc/passwd"]) == ["/etc/issue"])
  }

  @Test func aFileReplacesNoDirectory() {
    let failure = #expect(throws: GuestFailure.self) {
      try binds(["/etc"], root: ["/etc/passwd"])
    }
    #expect(failure?.errno == EISDIR && failure?.message.contains("/etc,") == true)
  }

  @Test func aDirectoryReplacesNoFile() {
    let failure = #expect(throws: GuestFailure.self) {
      try binds(["/etc/passwd/x"], root: ["/etc/passwd"])
    }
    #expect(failure?.errno == ENOTDIR && failure?.message.contains("/etc/passwd,") == true)
  }
}
