import Agent
import Testing

@Suite struct ProgramSearchTests {
  @Test func aPlainNameIsLookedUpInPath() {
    let search = ProgramSearch(name: "ls", path: "/a:/b/", workingDirectory: "/")
    #expect(search.candidates == ["/a/ls", "/b//ls"])
  }

  @Test func anEmptyDirectoryIsTheWorkingDirectory() {
    let search = ProgramSearch(name: "ls", path: ":/b", workingDirectory: "/")
    #expect(search.candidates == ["./ls", "/b/ls"])
  }

  @Test func aNameWithASlashIsAPath() {
    let search = ProgramSearch(name: "./run", path: "/a", workingDirectory: "/")
    #expect(search.candidates == ["./run"])
  }

  @Test func withoutPathTheUsualDirectoriesCount() {
    let search = ProgramSearch(name: "sh", path: nil, workingDirectory: "/")
    #expect(search.candidates.contains("/bin/sh"))
    #expect(search.firstExisting != nil)
  }

  @Test func theFirstOfSeveralVariablesCounts() {
    var environment = Environment(["AB=0", "A=1", "A=2", "E=", "C=\u{301}c", "Q=a=b"])
    #expect(environment["A"] == "1")
    #expect(environment["C"] == "\u{301}c")
    #expect(environment["E"] == "")
    #expect(environment["Q"] == "a=b")
    #expect(environment["B"] == nil)
    environment.setHomeIfMissing("/x")
    environment.setHomeIfMissing("/y")
    #expect(environment.entries.suffix(2) == ["Q=a=b", "HOME=/x"])
  }
}
