import Dockerfile
import Errors
import Testing

@Suite struct StageTests {
  @Test func onlyTheStagesThatTheLastNeedsAreBuilt() throws {
    let file = try Dockerfile(lines: [
      "FROM a AS tools", "FROM scratch", "RUN unused", "FROM tools AS Mid", "FROM b AS other",
      "FROM c", "COPY --from=mid /x /y", "COPY --from=other /x /y", "COPY --from=image:1 /x /y",
    ])
    let stages = try file.stages()
    #expect(stages.map(\.index) == [0, 2, 3, 4])
    #expect(stages.map(\.name) == ["tools", "Mid", "other", nil])
    #expect(stages.map(\.base) == [.image("a"), .stage(0), .image("b"), .image("c")])
    #expect(stages.map(\.line) == [1, 4, 5, 6])
    #expect(stages.map(\.text).last == "FROM c")
  }

  @Test func nothingIsTheBaseOfScratch() throws {
    #expect(try Dockerfile(lines: ["from scratch"]).base() == .scratch)
  }

  @Test(arguments: [
    ("COPY --from=0 a /b", CopyCommand.Source.stage(0)), ("COPY --from=ONE a /b", .stage(0)),
    ("COPY --from=two a /b", .stage(1)),
    ("COPY --from=docker.io/x:1@sha256:ab a /b", .image("docker.io/x:1@sha256:ab")),
    ("COPY a /b", .context), ("ADD a /b", .context),
  ])
  func sourcesAreFound(line: String, source: CopyCommand.Source) throws {
    let found = try copies(["FROM a AS one", "FROM b AS two", "FROM c AS three", line])
    #expect(found.map(\.source) == [source])
  }

  @Test func aNameMeansTheNearestStageBeforeThisOne() throws {
    let found = try copies([
      "FROM a AS x", "FROM b AS x", "FROM c", "COPY --from=x a /b", "FROM x", "COPY --from=x a /b",
    ])
    #expect(found.map(\.source) == [.stage(1)])
  }

  @Test(arguments: [
    ("COPY --from=2 a /b", "no stage 2 before this one"),
    ("COPY --from=1 a /b", "no stage 1 before this one, which is stage 1"),
    ("COPY --from=-1 a /b", "no stage -1"),
    ("COPY --from=later a /b", "“later” does not come before"),
    ("COPY --from=own a /b", "“own” does not come before"),
    ("COPY --from=scratch a /b", "nothing to copy"),
    ("COPY --from=$X a /b", "takes no variables"),
  ])
  func stagesThatComeLaterAreRefused(line: String, problem: String) throws {
    let error = try failure(["FROM a", "FROM b AS own", line, "FROM c AS later"])
    #expect(error.message.contains("line 3, “\(line)”"))
    #expect(error.message.contains(problem))
  }

  @Test func variablesOfFromAreThoseBeforeTheFirst() throws {
    let file = try Dockerfile(lines: [
      "ARG V=1", "FROM a:$V AS x", "ARG V=2", "ENV V=3", "FROM b:$V", "COPY --from=x /f /f",
    ])
    #expect(try file.stages().map(\.base) == [.image("a:1"), .image("b:1")])
  }
}
