import Dockerfile
import Testing

@Suite struct CanonicalTests {
  private func canonical(
    _ lines: String..., base: ImageConfig = ImageConfig(), arguments: [String: String] = [:]
  ) throws -> String {
    let file = try Dockerfile(lines: ["FROM base"] + lines)
    return try #require(try file.lastPlan(base: base, buildArguments: arguments).steps.last)
      .canonical
  }

  @Test func theTextIsStable() throws {
    #expect(
      try canonical("ENV A='b c'", "USER app", "WORKDIR /w", "RUN make all")
        == "run 7:/bin/sh 2:-c 8:make all\nenv 1:A 3:b c\nworkdir 2:/w\nuser 3:app")
  }

  @Test func whatDoesNotMatterIsNotInIt() throws {
    let plain = try canonical("RUN a")
    #expect(try canonical("# comment", "LABEL b=c", "EXPOSE 80", "CMD d", "  run   a") == plain)
    #expect(try canonical("RUN a", arguments: ["UNUSED": "1"]) == plain)
    #expect(try canonical("RUN a", arguments: ["HTTP_PROXY": "http://p"]) == plain)
    #expect(try canonical("COPY --link a /b", "COPY a /b") == canonical("COPY ./x/../a ../b"))
  }

  @Test func whatMattersIsInIt() throws {
    let texts = [
      try canonical("RUN a"), try canonical("RUN [\"a\"]"), try canonical("ENV A=1", "RUN a"),
      try canonical("ENV A=2", "RUN a"), try canonical("ENV A=1 B=2", "RUN a"),
      try canonical("ENV A='1 1:B 1:2'", "RUN a"), try canonical("USER u", "RUN a"),
      try canonical("WORKDIR /w", "RUN a"), try canonical("SHELL [\"sh\"]", "RUN a"),
      try canonical("ARG Z=1", "RUN a"), try canonical("ARG Z=1", "RUN a", arguments: ["Z": "2"]),
      try canonical("RUN a b"), try canonical("RUN [\"/bin/sh\", \"-c\", \"a\", \"b\"]"),
      try canonical("RUN <<E", "a", "E"), try canonical("WORKDIR /w"), try canonical("CMD a"),
      try canonical("CMD []"), try canonical("ENTRYPOINT []"), try canonical("LABEL a=b c=d"),
      try canonical("LABEL a='b c=d'"), try canonical("EXPOSE 1"), try canonical("USER u"),
      try canonical("ENV A=1"), try canonical("SHELL [\"sh\"]"), try canonical("VOLUME /v"),
      try canonical("STOPSIGNAL INT"), try canonical("HEALTHCHECK NONE"),
      try canonical("HEALTHCHECK --retries=1 CMD a"), try canonical("HEALTHCHECK CMD a"),
      try canonical("MAINTAINER a"), try canonical("COPY a /b"), try canonical("COPY a /b/"),
      try canonical("COPY a c /b/"), try canonical("COPY --chown=u a /b"),
      try canonical("COPY --chmod=644 a /b"), try canonical("COPY --exclude=x a /b"),
      try canonical("COPY --parents a /b"), try canonical("COPY --from=i a /b"),
      try canonical("ADD a /b"), try canonical("ADD --unpack=true http://x/a /b"),
      try canonical("ADD http://x/a /b"), try canonical("ADD http://x/c /b"),
      try canonical("COPY <<a /b", "text", "a"), try canonical("COPY <<a /b", "other", "a"),
      try canonical(
        "ADD --checksum=sha256:\(String(repeating: "0", count: 64)) http://x/a /b"),
      try canonical("ARG HTTP_PROXY=p", "RUN a"),
    ]
    #expect(Set(texts).count == texts.count)
  }
}
