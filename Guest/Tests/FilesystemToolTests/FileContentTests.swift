import Foundation
import Testing

@Suite struct FileContentTests {
  let workspace: Workspace

  init() throws { workspace = try Workspace() }

  @Test func writesAndReadsBytesUnchanged() throws {
    let data = Data((0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
    #expect(try workspace.run("WriteFile", "f", input: data).succeeded)
    let read = try workspace.run("ReadFile", "f")
    #expect(read.succeeded)
    #expect(read.output == data)
  }

  @Test func writingTruncatesInPlace() throws {
    try workspace.make("f", "a longer text")
    try FileManager.default.linkItem(atPath: workspace.path("f"), toPath: workspace.path("hard"))
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o640], ofItemAtPath: workspace.path("f"))
    try workspace.link("soft", to: "f")
    #expect(try workspace.run("WriteFile", "soft", input: Data("new".utf8)).succeeded)
    #expect(try workspace.content("hard") == "new")
    let attributes = try FileManager.default.attributesOfItem(atPath: workspace.path("f"))
    #expect(attributes[.posixPermissions] as? Int == 0o640)
  }

  @Test func writingMakesParentsAndFollowsABrokenLink() throws {
    #expect(try workspace.run("WriteFile", "a//b/./c", input: Data("1".utf8)).succeeded)
    #expect(try workspace.content("a/b/c") == "1")
    try workspace.link("link", to: "target")
    #expect(try workspace.run("WriteFile", "link", input: Data("2".utf8)).succeeded)
    #expect(try workspace.content("target") == "2")
  }

  @Test func refusesToWriteWhatIsNoFile() throws {
    try workspace.make("f")
    #expect(try workspace.run("WriteFile", "").errorKind == "IsDirectory")
    #expect(try workspace.run("WriteFile", "new/").errorKind == "IsDirectory")
    #expect(!workspace.exists("new"))
    #expect(try workspace.run("WriteFile", "f/x").errorKind == "NotDirectory")
    #expect(try workspace.run("WriteFile", "f/x/y").errorKind == "NotDirectory")
    mkfifo(workspace.path("fifo"), 0o600)
    #expect(try workspace.run("WriteFile", "fifo").errorKind == "Io")
    #expect(
      try workspace.run("WriteFile", String(repeating: "x", count: 256)).errorKind == "Io")
  }

  @Test func tellsThatTheDiskIsFull() throws {
    let result = try ToolResult.of(
      [#"{"WriteFile":{"path":"/dev/full"}}"#], input: Data("x".utf8))
    #expect(result.errorKind == "Io")
    #expect(result.message == "No space left on device: /dev/full")
  }

  @Test func refusesToReadWhatIsNoFile() throws {
    try workspace.make("f")
    try workspace.link("broken", to: "nowhere")
    try workspace.link("loop", to: "loop")
    mkfifo(workspace.path("fifo"), 0o600)
    #expect(try workspace.run("ReadFile", "none").errorKind == "NotFound")
    #expect(try workspace.run("ReadFile", "broken").errorKind == "NotFound")
    #expect(try workspace.run("ReadFile", "").errorKind == "IsDirectory")
    #expect(try workspace.run("ReadFile", "f/").errorKind == "NotDirectory")
    #expect(try workspace.run("ReadFile", "loop").errorKind == "Io")
    #expect(try workspace.run("ReadFile", "fifo").errorKind == "Io")
    #expect(try ToolResult.of([#"{"ReadFile":{"path":"/dev/zero"}}"#]).errorKind == "Io")
  }

  @Test func readsFilesWithoutSize() throws {
    let result = try ToolResult.of([#"{"ReadFile":{"path":"/proc/version"}}"#])
    #expect(result.succeeded)
    #expect(String(decoding: result.output, as: UTF8.self).hasPrefix("Linux"))
  }

  @Test func refusesToReadMoreThanFiveGiB() throws {
    try workspace.make("huge")
    truncate(workspace.path("huge"), 5 << 30 + 1)
    #expect(try workspace.run("ReadFile", "huge").errorKind == "FileTooLarge")
  }
}
