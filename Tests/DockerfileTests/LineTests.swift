import Dockerfile
import Testing

@Suite struct LineTests {
  @Test func commentsAndBlankLinesAreDropped() throws {
    let file = try Dockerfile(lines: ["# a file", "", "FROM base", "  # more", "\t", "RUN a", ""])
    #expect(file.instructions.map(\.line) == [3, 6])
    #expect(file.instructions.map(\.text) == ["FROM base", "RUN a"])
  }

  @Test(arguments: [
    (["RUN a \\", "  b"], "a   b"),
    (["RUN a && \\  ", "b && \\", "c"], "a && b && c"),
    (["RUN a \\", "# why", "  # and", "b"], "a b"),
    (["RUN a \\", "", "\t", "b"], "a b"),
    (["RUN echo a\\\\"], "echo a\\\\"),
    (["RUN a # no comment"], "a # no comment"),
    (["  RUN   a  "], "a"),
    (["run a"], "a"),
    (["RUN a \\\r", "b\r"], "a b"),
    (["RUN a \\\nb"], "a b"),
    (["RUN a \\\r\nb"], "a b"),
  ])
  func continuationLinesAreJoined(lines: [String], script: String) throws {
    #expect(try commands(["FROM base"] + lines).map(\.argv) == [["/bin/sh", "-c", script]])
  }

  @Test func anInstructionKeepsTheNumberOfItsFirstLine() throws {
    let file = try Dockerfile(lines: ["FROM base", "RUN a \\", "  b \\", "  c", "RUN d"])
    #expect(file.instructions.map(\.line) == [1, 2, 5])
  }

  @Test func directivesComeFirst() throws {
    let lines = ["# syntax=docker/dockerfile:1", "# escape=`", "FROM base", "RUN a `", "  b\\"]
    #expect(try commands(lines).map(\.argv) == [["/bin/sh", "-c", "a   b\\"]])
    let late = ["# a comment", "# escape=`", "FROM base", "RUN a \\", "b"]
    #expect(try commands(late).map(\.argv) == [["/bin/sh", "-c", "a b"]])
  }

  @Test func theEscapeDirectiveHoldsForWordsToo() throws {
    let lines = ["# escape=`", "FROM base", "ENV A=x` y B=c:\\d", "RUN a"]
    #expect(try commands(lines).map(\.variables) == [["A=x y", "B=c:\\d"]])
  }

  @Test(arguments: [
    (["# escape=x", "FROM base"], 1, "escape character"),
    (["FROM base", "RUN a \\"], 2, "the file ends"),
    (["FROM base", "RUN a \\", "", "# b", ""], 2, "the file ends"),
    (["FROM base", "RUN a\0b"], 2, "NUL"),
  ])
  func brokenLinesAreNamed(lines: [String], line: Int, problem: String) throws {
    let error = try failure(lines)
    #expect(error.code == .invalidArgument)
    #expect(error.message.contains("line \(line),"))
    #expect(error.message.contains(problem))
  }

  @Test func anEmptyFileIsRefused() throws {
    for lines in [[], [""], ["# only a comment"], ["ARG A=1"]] {
      #expect(try failure(lines).message.contains("no FROM"))
    }
  }

  @Test func aLongLineIsCutInTheError() throws {
    let error = try failure(["FROM base", "SHELL " + String(repeating: "x", count: 10_000)])
    #expect(error.message.count < 400)
  }
}
