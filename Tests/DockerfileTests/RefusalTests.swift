import Dockerfile
import Errors
import Testing

@Suite struct RefusalTests {
  @Test(arguments: [
    ("FRMO x", "“FRMO” is not an instruction"), ("echo hello", "not an instruction"),
    ("RUN", "nothing after it"), ("RUN   ", "nothing after it"), ("RUN []", "empty list"),
    ("RUN --network=default", "nothing after it"), ("RUN --mount a", "needs a value"),
    ("RUN --verbose a", "no flag “--verbose”"),
    ("ENV", "nothing after it"), ("ENV A", "name=value"), ("ENV A=1 B", "“B” is not of the form"),
    ("ENV =1", "name is missing"), ("ENV A='x", "quote ' is not closed"),
    ("ENV A=\"x", "quote \" is not closed"), ("ENV A=${B", "brace"),
    ("ENV $X=1", "nothing is left"),
    ("LABEL a='b", "not closed"), ("SHELL /bin/bash -c", "JSON array"), ("SHELL []", "JSON array"),
    ("SHELL [\"a\"", "JSON array"), ("CMD [\"a\", 1]", "not strings"), ("CMD", "nothing after it"),
    ("ENTRYPOINT [null]", "not strings"), ("WORKDIR", "nothing after it"), ("WORKDIR $X", "empty"),
    ("WORKDIR '/a", "not closed"), ("USER $X", "empty"), ("EXPOSE http", "“http” is not a port"),
    ("EXPOSE 0", "not a port"), ("EXPOSE 65536", "not a port"), ("EXPOSE 9-8", "not a port"),
    ("EXPOSE 80/icmp", "not a port"), ("EXPOSE 80/", "not a port"), ("ARG 1A=b", "“1A” cannot be"),
    ("ARG", "nothing after it"), ("ENV A=${B:?needed}", "B: needed"),
  ])
  func badInstructionsAreNamed(line: String, problem: String) throws {
    let error = try failure(["FROM base", "# comment", line])
    #expect(error.code == .invalidArgument)
    #expect(error.message.contains(problem))
    #expect(error.message.contains("line 3"))
    #expect(error.message.contains("“\(line.split(separator: " ")[0])"))
  }

  @Test(arguments: [
    ("ONBUILD RUN a", "ONBUILD"),
    ("RUN --mount=type=cache,target=/c a", "RUN --mount=type=cache"),
    ("RUN --mount=target=/c a", "RUN --mount=type=bind"),
    ("RUN --mount=id=s,type=secret a", "RUN --mount=type=secret"),
    ("RUN --network=none a", "RUN --network=none"),
    ("RUN --security=insecure a", "RUN --security=insecure"),
  ])
  func unsupportedInstructionsParseAndAreRefused(line: String, name: String) throws {
    let file = try onBase("RUN a", line)
    let error = try #require(throws: SandlotError.self) { try file.validate() }
    #expect(error.code == .unimplemented)
    #expect(error.message.contains("line 3, “\(line)”"))
    #expect(error.message.contains("\(name) is not supported"))
    #expect(error.hint?.isEmpty == false)
    #expect(try failure(["FROM base", "RUN a", line]) == error)
  }

  @Test func flagsThatAskForWhatIsDoneAnywayAreTaken() throws {
    #expect(try scripts("RUN --network=default --security=sandbox a") == ["a"])
  }

  @Test(arguments: ["RUN a", "ENV A=1", "COPY a b"])
  func somethingBeforeFromIsRefused(line: String) throws {
    let error = try failure(["ARG A=1", line, "FROM base"])
    #expect(error.code == .invalidArgument)
    #expect(error.message.contains("line 2") && error.message.contains("FROM"))
  }

  @Test(arguments: [
    "FROM a b", "FROM a AS", "FROM a WITH b", "FROM a AS b c", "FROM --pull a", "FROM 'a",
    "FROM a AS 1b",
    "FROM a AS b/c", "FROM a AS _b",
  ])
  func badFromIsRefused(line: String) throws {
    #expect(try failure([line]).code == .invalidArgument)
  }

  @Test func otherPlatformsAreRefused() throws {
    let error = try failure(["FROM --platform=linux/arm64 a"])
    #expect(error.code == .unimplemented)
    #expect(error.message.contains("linux/arm64"))
    for platform in ["linux/amd64", "$TARGETPLATFORM", "${BUILDPLATFORM}"] {
      let file = try Dockerfile(lines: ["FROM --platform=\(platform) a AS b"])
      #expect(try file.base() == .image("a"))
    }
  }
}
