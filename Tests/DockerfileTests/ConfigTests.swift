import Dockerfile
import Errors
import Foundation
import Testing

@Suite struct ConfigTests {
  @Test(arguments: [
    ("ENV A=1", ["A=1"]), ("ENV A=1 B=2", ["A=1", "B=2"]), ("ENV A=", ["A="]),
    ("ENV A 1", ["A=1"]), ("ENV A  b   c=d ", ["A=b   c=d"]), ("ENV A \"b c\"", ["A=b c"]),
    ("ENV A=\"b c\" D='e f' G=h\\ i", ["A=b c", "D=e f", "G=h i"]),
    ("ENV A='$X' B=\"$X\"", ["A=$X", "B="]),
    ("ENV A=b=c", ["A=b=c"]), ("ENV K='it'\"'\"'s'", ["K=it's"]), ("ENV K=''", ["K="]),
    ("ENV K='a # b'", ["K=a # b"]), ("ENV K='a\nb\n\nc' L=d", ["K=a\nb\n\nc", "L=d"]),
    ("env A=1", ["A=1"]),
  ])
  func environmentIsSet(line: String, expected: [String]) throws {
    #expect(try config(line).environment == expected)
  }

  @Test func environmentUsesWhatWasSetBefore() throws {
    let base = ImageConfig(env: [EnvironmentVariable(name: "PATH", value: "/bin")])
    let result = try config("ENV PATH=/x:$PATH A=1", "ENV A=2 B=$A", "ENV C=$B$A", base: base)
    #expect(result.environment == ["PATH=/x:/bin", "A=2", "B=1", "C=12"])
  }

  @Test(arguments: [
    (["WORKDIR /a"], "/a"), (["WORKDIR /a", "WORKDIR b/c", "WORKDIR ../d"], "/a/b/d"),
    (["WORKDIR a"], "/a"), (["WORKDIR /../x//y/./"], "/x/y"), (["WORKDIR '/a b'"], "/a b"),
    (["WORKDIR /a b"], "/a b"), (["ENV D=/e", "WORKDIR $D/f"], "/e/f"), (["WORKDIR /"], "/"),
  ])
  func workingDirectoryIsResolved(lines: [String], expected: String) throws {
    let steps = try Dockerfile(lines: ["FROM base"] + lines).lastPlan().steps
    let step = try #require(steps.last)
    #expect(step.config.workingDirectory == expected)
    #expect(step.action == .makeDirectory(path: expected, user: ""))
  }

  @Test func workingDirectoryBelongsToTheUser() throws {
    let steps = try onBase("USER app:staff", "WORKDIR /a", "USER $X${Y:-root}").lastPlan().steps
    #expect(
      steps.map(\.action) == [
        .configure, .makeDirectory(path: "/a", user: "app:staff"), .configure,
      ])
    #expect(steps.map(\.config.user) == ["app:staff", "app:staff", "root"])
  }

  @Test func shellChangesTheShellForms() throws {
    let result = try config("CMD a b", "SHELL [\"/bin/bash\", \"-lc\"]", "ENTRYPOINT c | d")
    #expect(result.shell == ["/bin/bash", "-lc"])
    #expect(result.cmd == ["/bin/sh", "-c", "a b"])
    #expect(result.entrypoint == ["/bin/bash", "-lc", "c | d"])
  }

  @Test(arguments: [
    ("CMD [\"a\", \"b c\"]", ["a", "b c"]), ("CMD []", []), ("CMD [ ]", []),
    ("CMD [\"\\u00e9\\ud83d\\ude00\\n\\\"\\/\"]", ["é😀\n\"/"]),
    ("CMD [\"a\",]", ["/bin/sh", "-c", "[\"a\",]"]),
    ("CMD [ -f a ] && b", ["/bin/sh", "-c", "[ -f a ] && b"]),
    ("CMD ['a']", ["/bin/sh", "-c", "['a']"]),
    ("CMD [\"\\ud800\"]", ["/bin/sh", "-c", "[\"\\ud800\"]"]),
    ("CMD echo $A", ["/bin/sh", "-c", "echo $A"]), ("CMD [\"$A\"]", ["$A"]),
  ])
  func commandsHaveTwoForms(line: String, expected: [String]) throws {
    #expect(try config("ENV A=1", line).cmd == expected)
  }

  @Test func anEntrypointResetsTheInheritedCommand() throws {
    let base = ImageConfig(entrypoint: ["old"], cmd: ["inherited"])
    #expect(try config("ENTRYPOINT [\"e\"]", base: base).cmd == nil)
    #expect(try config("CMD [\"c\"]", "ENTRYPOINT [\"e\"]", base: base).cmd == ["c"])
    #expect(try config("ENTRYPOINT [\"e\"]", "CMD [\"c\"]", base: base).cmd == ["c"])
    #expect(try config("CMD [\"c\"]", base: base).entrypoint == ["old"])
    #expect(try config("ENTRYPOINT []", base: base).entrypoint == [])
  }

  @Test func labelsAreSet() throws {
    let result = try config(
      "ENV V=1", "LABEL \"com.example.a\"=\"b c\" v=$V s='$V'", "LABEL old style text", "LABEL v=2")
    #expect(result.labels == ["com.example.a": "b c", "v": "2", "s": "$V", "old": "style text"])
  }

  @Test func portsAreExposed() throws {
    let result = try config(
      "ENV P=80", "EXPOSE $P 80/tcp 53/UDP", "EXPOSE 8000-8002 \"${Q:-9 10}\"")
    #expect(
      result.exposedPorts
        == ["80/tcp", "53/udp", "8000/tcp", "8001/tcp", "8002/tcp", "9/tcp", "10/tcp"])
  }

  @Test func theConfigurationSurvivesJSON() throws {
    let result = try config("ENV A=1", "LABEL b=c", "CMD d", "EXPOSE 1", base: .scratch)
    let data = try JSONEncoder().encode(result)
    #expect(try JSONDecoder().decode(ImageConfig.self, from: data) == result)
    #expect(result.env.value(of: "PATH")?.hasSuffix(":/bin") == true)
  }
}
