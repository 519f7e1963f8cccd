import Dockerfile
import Testing

@Suite struct ArgumentTests {
  @Test(arguments: [
    (["FROM python:3.11"], [:], "python:3.11"),
    (["ARG V=3.11", "FROM python:$V"], [:], "python:3.11"),
    (["ARG V=3.11", "FROM python:${V}-slim AS x"], ["V": "3.12"], "python:3.12-slim"),
    (["ARG V", "FROM python:${V:-3}"], [:], "python:3"),
    (["ARG A=1 B=2", "ARG C=$A.$B", "FROM x:$C"], [:], "x:1.2"),
    (["FROM x:$TARGETARCH"], [:], "x:amd64"),
    (["FROM x$V"], ["V": "undeclared"], "x"),
  ])
  func theBaseImageIsFound(
    lines: [String], arguments: [String: String], expected: String
  ) throws {
    #expect(try Dockerfile(lines: lines).base(buildArguments: arguments) == .image(expected))
  }

  @Test func anEmptyBaseImageIsRefused() throws {
    #expect(try failure(["ARG V", "FROM $V"]).message.contains("empty"))
  }

  @Test(arguments: [
    (["ARG A=1"], [:], ["A=1"]), (["ARG A=1"], ["A": "2"], ["A=2"]), (["ARG A"], [:], []),
    (["ARG A"], ["A": "2"], ["A=2"]), ([], ["A": "2"], []), (["ARG A="], [:], ["A="]),
    (["ARG G"], [:], ["G=global"]), (["ARG G=own"], [:], ["G=own"]),
    (["ARG TARGETARCH"], [:], ["TARGETARCH=amd64"]),
    (["ENV A=env", "ARG A=1"], ["A": "2"], ["A=env"]), (["ARG A=1", "ENV A=env"], [:], ["A=env"]),
    (["ARG A=1", "ENV A=$A"], ["A": "2"], ["A=2"]), (["ARG A=1 B='x y'"], [:], ["A=1", "B=x y"]),
    ([], ["https_proxy": "http://p"], ["https_proxy=http://p"]),
    (["ENV E=e", "ARG A=$E$G"], [:], ["E=e", "A=e"]),
  ])
  func argumentsAreInTheEnvironmentOfRun(
    lines: [String], arguments: [String: String], expected: [String]
  ) throws {
    let all = ["ARG G=global", "FROM base"] + lines + ["RUN a"]
    let command = try #require(try commands(all, arguments: arguments).first)
    #expect(command.variables == expected)
  }

  @Test func anArgumentHoldsFromItsDeclarationOn() throws {
    let found = try commands(["FROM base", "RUN a", "ARG A=1", "RUN b", "ARG A=2", "RUN c"])
    #expect(found.map(\.variables) == [[], ["A=1"], ["A=2"]])
  }

  @Test func aStageThatBuildsOnAnotherHasItsArguments() throws {
    let file = try Dockerfile(lines: [
      "ARG G=global", "FROM base AS one", "ARG G", "ENV E=e", "ARG A=$E ", "FROM one", "RUN a",
      "FROM base", "COPY --from=1 a b", "RUN a",
    ])
    let stages = try file.stages()
    #expect(stages.map(\.index) == [0, 1, 2])
    let one = try file.plan(stages[0], base: ImageConfig())
    #expect(one.arguments.map(\.name) == ["G", "A"])
    let two = try file.plan(stages[1], base: one.config, inheriting: one.arguments)
    guard case .run(let command) = two.steps.last?.action else {
      Issue.record("the last step is no RUN")
      return
    }
    #expect(command.variables == ["E=e", "G=global", "A=e"])
    let three = try file.plan(stages[2], base: ImageConfig())
    #expect(three.arguments.isEmpty)
  }

  @Test func argumentsLeaveNoTraceInTheConfiguration() throws {
    #expect(try config("ARG A=1", "RUN a").environment.isEmpty)
  }
}
