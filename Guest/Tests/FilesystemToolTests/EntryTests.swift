import Foundation
import JSON
import Testing

@Suite struct EntryTests {
  let workspace: Workspace

  init() throws { workspace = try Workspace() }

  @Test func describesAFile() throws {
    try workspace.make("f", "123")
    chmod(workspace.path("f"), 0o4755)
    let date = Date(timeIntervalSince1970: 1_700_000_000)
    try FileManager.default.setAttributes(
      [.modificationDate: date], ofItemAtPath: workspace.path("f"))
    let value = try #require(try workspace.run("Stat", "f").value)
    #expect(value["name"] == .string("f"))
    #expect(value["path"] == .string(workspace.path("f")))
    #expect(value["type"] == .string("file"))
    #expect(value["size"] == .integer(3))
    #expect(value["mode"] == .integer(0o104755))
    #expect(value["permissions"] == .string("4755"))
    #expect(value["modified_time"] == .number(1_700_000_000))
    #expect(value["symlink_target"] == nil)
  }

  @Test func namesTheOwner() throws {
    let root = try #require(try ToolResult.of([#"{"Stat":{"path":"/"}}"#]).value)
    #expect(root["name"] == .string("/"))
    #expect(root["owner"] == .string("root"))
    #expect(root["group"] == .string("root"))
  }

  @Test(.enabled(if: geteuid() == 0)) func writesUnknownOwnersAsNumbers() throws {
    try workspace.make("f")
    chown(workspace.path("f"), 54321, 54322)
    let value = try #require(try workspace.run("Stat", "f").value)
    #expect(value["owner"] == .string("54321"))
    #expect(value["group"] == .string("54322"))
  }

  @Test func describesALinkItself() throws {
    try workspace.link("link", to: "no/where")
    let value = try #require(try workspace.run("Stat", "link").value)
    #expect(value["type"] == .string("symlink"))
    #expect(value["symlink_target"] == .string("no/where"))
  }

  @Test func refusesPathsThatLeadNowhere() throws {
    try workspace.make("f")
    #expect(try workspace.run("Stat", "none").errorKind == "NotFound")
    #expect(try workspace.run("Stat", "f/x").errorKind == "NotDirectory")
    #expect(try workspace.run("Stat", "f/").errorKind == "NotDirectory")
    #expect(try workspace.run("ListFiles", "none").errorKind == "NotFound")
    #expect(try workspace.run("ListFiles", "f").errorKind == "NotDirectory")
  }

  @Test func listsByNameAndFollowsALinkToTheDirectory() throws {
    for name in ["b", "B", "é", "a b"] { try workspace.make("d-\(name)") }
    try workspace.makeDirectory("d")
    for name in ["b", "B", "é", "\u{65}\u{301}", "a b"] { try workspace.make("d/\(name)") }
    try workspace.makeDirectory("d/sub")
    mkfifo(workspace.path("d/fifo"), 0o600)
    try workspace.link("link", to: "d")
    guard case .array(let entries)? = try workspace.run("ListFiles", "link").value else {
      Issue.record("no list")
      return
    }
    let names = entries.compactMap { entry -> [UInt8]? in
      guard case .string(let name)? = entry["name"] else { return nil }
      return Array(name.utf8)
    }
    let expected = ["B", "a b", "b", "\u{65}\u{301}", "fifo", "sub", "é"]
    #expect(names == expected.map { Array($0.utf8) })
    #expect(entries.first?["path"] == .string(workspace.path("link/B")))
    #expect(entries[4]["type"] == .string("file"))
    #expect(entries[5]["type"] == .string("directory"))
  }

  @Test func survivesNamesThatAreNoText() throws {
    let name = Array((workspace.path("") + "/x").utf8CString.dropLast()) + [-1, 0]
    close(open(name, O_CREAT | O_WRONLY, 0o600))
    let value = try #require(try workspace.run("ListFiles", "").value)
    guard case .array(let entries) = value else { return #expect(Bool(false)) }
    #expect(entries.map { $0["name"] } == [.string("x\u{FFFD}")])
  }
}
