import Errors
import Mounts
import Testing

@Suite struct FileTreeTests {
  private static let content = String(repeating: "a", count: 64)

  private func entry(_ path: String, mode: UInt32 = 0o644, sha256: String = content)
    -> FileTree.Entry
  {
    .init(path: path, sha256: sha256, mode: mode, size: 1)
  }

  @Test func pathsAreNormalizedAndSorted() throws {
    let tree = try FileTree([entry("/b//c/./d"), entry("/a"), entry("/b/a")])
    #expect(tree.entries.map(\.path) == ["/a", "/b/a", "/b/c/d"])
    #expect(tree.directories == ["/b", "/b/c"])
  }

  @Test(arguments: [
    "a", "", "/", "/a/../b", "/..", "/a\0b", "/" + String(repeating: "x", count: 256),
    String(repeating: "/abc", count: 1100),
  ])
  func aPathOutsideTheRootIsRefused(path: String) {
    #expect(throws: SandlotError.self) { try FileTree([entry(path)]) }
  }

  @Test func ofTwoFilesWithOnePathTheLaterWins() throws {
    let other = String(repeating: "b", count: 64)
    let tree = try FileTree([entry("/a")]).merging(FileTree([entry("/a", sha256: other)]))
    #expect(tree.entries.map(\.sha256) == [other])
  }

  @Test func aFileThatWouldHaveToBeADirectoryIsRefused() {
    let error = #expect(throws: SandlotError.self) {
      try FileTree([entry("/a/b"), entry("/a-c"), entry("/a")])
    }
    #expect(error?.message == "'/a' is a file and would have to be a directory for '/a/b'.")
  }

  @Test func theDigestIsOfPathsContentsAndModes() throws {
    let tree = try FileTree([entry("/a"), entry("/b")])
    #expect(try FileTree([entry("/b"), entry("/a")]).digest == tree.digest)
    #expect(try FileTree([entry("/a"), entry("/b", mode: 0o755)]).digest != tree.digest)
    #expect(try FileTree([entry("/a"), entry("/c")]).digest != tree.digest)
    #expect(
      try FileTree([entry("/a"), entry("/b", sha256: String(repeating: "b", count: 64))]).digest
        != tree.digest)
  }

  @Test func setuidAndStickyStayAndTheTypeGoes() throws {
    let tree = try FileTree([entry("/a", mode: 0o104755), entry("/b", mode: 0o1600)])
    #expect(tree.entries.map(\.mode) == [0o4755, 0o1600])
  }
}
