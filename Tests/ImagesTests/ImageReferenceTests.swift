import Errors
import Images
import Testing

@Suite struct ImageReferenceTests {
  @Test(arguments: [
    ("python", "docker.io/library/python:latest"),
    ("python:3.11", "docker.io/library/python:3.11"),
    ("team/app:1", "docker.io/team/app:1"),
    ("docker.io/python:3", "docker.io/library/python:3"),
    ("index.docker.io/library/python:3", "docker.io/library/python:3"),
    ("localhost/app", "localhost/app:latest"),
    ("127.0.0.1:5000/a/b:1", "127.0.0.1:5000/a/b:1"),
    ("ghcr.io/a/b/c:v1.2", "ghcr.io/a/b/c:v1.2"),
  ])
  func shortFormsAreMadeFull(text: String, full: String) throws {
    #expect(try ImageReference(text).name == full)
  }

  @Test func aDigestNeedsNoTag() throws {
    let digest = "sha256:" + String(repeating: "a", count: 64)
    let reference = try ImageReference("python@\(digest)")
    #expect(reference.tag == nil && reference.digest == digest)
    #expect(reference.name == "docker.io/library/python@\(digest)")
    #expect(try ImageReference("python:3@\(digest)").tag == "3")
  }

  @Test(arguments: [
    "", "UPPER/case", "a b", "a:b:c", "-x", "python:", "python@sha256:12", "https://x.y/z",
    "127.0.0.1:5000/", "a/../b", "--help", "python:-x",
  ])
  func whatIsNoReferenceIsRefused(text: String) {
    let error = #expect(throws: SandlotError.self) { try ImageReference(text) }
    #expect(error?.code == .invalidArgument && error?.message.contains("'\(text)'") == true)
  }
}
