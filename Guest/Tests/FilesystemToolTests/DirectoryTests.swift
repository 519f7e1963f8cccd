import Foundation
import JSON
import Testing

@Suite struct DirectoryTests {
  let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func make(_ name: String, parents: Bool) throws -> ToolResult {
    try workspace.run("MakeDirectory", name, [.init("parents", .bool(parents))])
  }

  private func remove(_ name: String, recursive: Bool = false) throws -> ToolResult {
    try workspace.run("Remove", name, [.init("recursive", .bool(recursive))])
  }

  @Test func makesOneDirectory() throws {
    #expect(try make("a", parents: false).succeeded)
    #expect(workspace.exists("a"))
    #expect(try make("a", parents: false).errorKind == "PathAlreadyExists")
    #expect(try make("b/c", parents: false).errorKind == "NotFound")
  }

  @Test func makesParentsAndAcceptsADirectory() throws {
    #expect(try make("a/b/c/", parents: true).succeeded)
    #expect(try make("a/b/c", parents: true).succeeded)
    try workspace.link("link", to: "a")
    #expect(try make("link", parents: true).succeeded)
    #expect(try make("link/d/e", parents: true).succeeded)
    #expect(workspace.exists("a/d/e"))
  }

  @Test func doesNotMakeADirectoryOfAFile() throws {
    try workspace.make("f")
    try workspace.link("broken", to: "nowhere")
    #expect(try make("f", parents: true).errorKind == "PathAlreadyExists")
    #expect(try make("broken", parents: true).errorKind == "PathAlreadyExists")
    #expect(try make("f/a", parents: true).errorKind == "NotDirectory")
    #expect(try make("f/a/b", parents: true).errorKind == "NotDirectory")
    #expect(try make("broken/a", parents: true).errorKind == "NotDirectory")
  }

  @Test func removesFilesLinksAndEmptyDirectories() throws {
    try workspace.make("f")
    try workspace.makeDirectory("d")
    try workspace.make("kept")
    try workspace.link("link", to: "kept")
    for name in ["f", "d/", "link"] {
      #expect(try remove(name).succeeded)
    }
    #expect(!workspace.exists("f") && !workspace.exists("d") && !workspace.exists("link"))
    #expect(workspace.exists("kept"))
  }

  @Test func refusesToRemove() throws {
    try workspace.makeDirectory("d")
    try workspace.make("d/f")
    try workspace.link("link", to: "d")
    #expect(try remove("d").errorKind == "DirectoryNotEmpty")
    #expect(try remove("none").errorKind == "NotFound")
    #expect(try remove("none", recursive: true).errorKind == "NotFound")
    #expect(try remove("link/", recursive: true).errorKind == "NotDirectory")
    #expect(try remove("d/..", recursive: true).errorKind == "InvalidArgument")
    #expect(workspace.exists("d/f"))
  }

  @Test(arguments: ["/", "//", "/.", "/tmp/.."]) func neverRemovesTheRoot(path: String) throws {
    for recursive in [false, true] {
      let argument = #"{"Remove":{"path":"\#(path)","recursive":\#(recursive)}}"#
      #expect(try ToolResult.of([argument]).errorKind == "InvalidArgument")
    }
  }

  @Test func removesATreeWithoutFollowingLinks() throws {
    try workspace.makeDirectory("outside")
    try workspace.make("outside/kept")
    try workspace.makeDirectory("tree/a/b")
    try workspace.make("tree/a/b/f")
    try workspace.link("tree/a/link", to: workspace.path("outside"))
    try workspace.link("tree/a/up", to: "../..")
    #expect(try remove("tree", recursive: true).succeeded)
    #expect(!workspace.exists("tree"))
    #expect(workspace.exists("outside/kept"))
  }

  @Test func removesATreeOfAnyDepth() throws {
    try workspace.makeDirectory("deep")
    var directory = open(workspace.path("deep"), O_RDONLY)
    for _ in 0..<10_000 {
      mkdirat(directory, "d", 0o700)
      let next = openat(directory, "d", O_RDONLY)
      close(directory)
      directory = next
    }
    close(directory)
    #expect(try remove("deep", recursive: true).succeeded)
    #expect(!workspace.exists("deep"))
  }
}
