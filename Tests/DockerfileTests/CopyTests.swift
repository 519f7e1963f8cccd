import Dockerfile
import Errors
import Testing

@Suite struct CopyTests {
  @Test(arguments: [
    ("COPY a /b", ["a"], "/b"), ("COPY a b", ["a"], "/w/b"), ("COPY . .", ["."], "/w/"),
    ("COPY . ./", ["."], "/w/"), ("COPY /a/./b/../c /d/", ["a/c"], "/d/"),
    ("COPY ../../x /", ["x"], "/"),
    ("COPY / /d", ["."], "/d"), ("COPY a b* c?d /e/", ["a", "b*", "c?d"], "/e/"),
    ("COPY [\"a b\", \"c\", \"/d e/\"]", ["a b", "c"], "/d e/"), ("COPY \"a b\" /c", ["a b"], "/c"),
    ("COPY $F /$F/", ["x y"], "/x y/"), ("COPY [\"$F\", \"/\"]", ["x y"], "/"),
    ("COPY 'a$F' b", ["a$F"], "/w/b"), ("COPY arr[[]0].txt /m/", ["arr[[]0].txt"], "/m/"),
    ("COPY a ..", ["a"], "/"), ("COPY a d/..", ["a"], "/w/"), ("COPY --link a /b", ["a"], "/b"),
    ("COPY --link=false a /b", ["a"], "/b"), ("ADD a/ /b", ["a"], "/b"),
    ("COPY --parents ./x/./y/*.c /d", ["x/./y/*.c"], "/d"),
    ("COPY --parents x/y /d/", ["x/y"], "/d/"),
  ])
  func pathsAreSeenFromTheirRoots(line: String, sources: [String], destination: String) throws {
    let found = try copies(["FROM base", "ENV F='x y'", "WORKDIR /w", line])
    #expect(found.map(\.sources) == [sources])
    #expect(found.map(\.destination) == [destination])
  }

  @Test func flagsAreKept() throws {
    let found = try #require(
      try copies([
        "FROM base", "ENV U=app M=4755",
        "COPY --chown=$U:\"staff\" --chmod=$M --exclude=*.md --exclude=\"a b/**\" --parents a /b/",
      ]).first)
    #expect(found.owner == "app:staff")
    #expect(found.mode == "4755")
    #expect(found.excludes == ["*.md", "a b/**"])
    #expect(found.keepsParents)
    let plain = try #require(try copies(["FROM base", "COPY a b"]).first)
    #expect(plain.owner.isEmpty && plain.mode == nil && plain.excludes.isEmpty)
    #expect(!plain.keepsParents && !plain.unpacksArchives)
  }

  @Test(arguments: [
    ("ADD a /b", true), ("ADD --unpack=false a /b", false), ("COPY a /b", false),
    ("ADD http://x/a.tar /b", false), ("ADD --unpack http://x/a.tar /b", true),
  ])
  func archivesAreUnpackedByAdd(line: String, unpacks: Bool) throws {
    #expect(try copies(["FROM base", line]).map(\.unpacksArchives) == [unpacks])
  }

  @Test(arguments: [
    ("ADD http://x/a%20b.tgz?y=z#w /d/", "a b.tgz"), ("ADD https://x:1/d/f /d/g", "f"),
    ("ADD https://x/ /d/g", "g"), ("ADD https://x/* /d/", "\\*"),
  ])
  func addressesNameTheirFiles(line: String, name: String) throws {
    let found = try #require(try copies(["FROM base", line]).first)
    #expect(found.sources == [name])
    #expect(found.source == .url(line.split(separator: " ").map(String.init)[1], checksum: nil))
  }

  @Test func aChecksumIsKept() throws {
    let digits = String(repeating: "Ab", count: 32)
    let found = try copies(["FROM base", "ADD --checksum=sha256:\(digits) http://x/f /"])
    #expect(
      found.map(\.source) == [.url("http://x/f", checksum: "sha256:" + digits.lowercased())])
  }

  @Test func hereDocumentsAreFiles() throws {
    let found = try copies([
      "FROM base", "ENV A=1", "COPY <<one <<-'two' <<\"three\" /d/", "$A '$A' \\$A \"x\"", "one",
      "\t$A", "\ttwo", "${", "three", "COPY <<EOF /etc/f", "EOF",
    ])
    #expect(
      found.map(\.source) == [
        .inline([
          .init(name: "one", content: "1 '1' \\$A \"x\"\n"), .init(name: "two", content: "$A\n"),
          .init(name: "three", content: "${\n"),
        ]), .inline([.init(name: "EOF", content: "")]),
      ])
    #expect(found.map(\.sources) == [["one", "two", "three"], ["EOF"]])
  }

  @Test func aLongHereDocumentIsTaken() throws {
    let line = String(repeating: "x", count: 1000)
    let lines = ["FROM base", "COPY <<E /f"] + Array(repeating: line, count: 1000) + ["E"]
    guard case .inline(let files) = try #require(try copies(lines).first).source else {
      Issue.record("not inline")
      return
    }
    #expect(files.map(\.content.utf8.count) == [1_001_000])
  }

  @Test func sourcesOfSeveralKindsGiveAStepEach() throws {
    let file = try onBase("ADD a http://x/b <<c d /e/", "text", "c")
    let steps = try file.lastPlan().steps
    #expect(steps.map(\.line) == [2, 2, 2])
    let found = try copies(["FROM base", "ADD a http://x/b <<c d /e/", "text", "c"])
    #expect(found.map(\.sources) == [["a", "d"], ["c"], ["b"]])
    #expect(found.map(\.destination) == ["/e/", "/e/", "/e/"])
  }

  @Test(arguments: [
    ("COPY a", "at least one source"), ("COPY [\"a\"]", "at least one source"),
    ("COPY [\"a\", 1]", "not strings"), ("COPY a b /c", "need a directory"),
    ("COPY --chwon=a b /c", "no flag “--chwon”"), ("COPY --chown a /c", "needs a value"),
    ("COPY --chown= a /c", "needs a value"), ("COPY --chown=a --chown=b a /c", "given twice"),
    ("COPY --chmod=9 a /c", "octal mode"), ("COPY --chmod=10000 a /c", "octal mode"),
    ("COPY --parents=maybe a /c", "true or false"), ("COPY --checksum=x a /c", "no flag"),
    ("COPY http://x/a /c", "takes no address"), ("ADD http://x/ /c/", "ends in no file's name"),
    ("ADD http://x/.. /c/", "ends in no file's name"), ("ADD --from=a b /c", "no flag “--from”"),
    ("ADD --checksum=md5:1 http://x/a /c", "sha256:"), ("COPY '--a b", "not closed"),
    ("ADD --checksum=sha256:\(String(repeating: "0", count: 64)) a /c", "for one address"),
    ("COPY ${A a /c", "brace"),
  ])
  func wrongCopiesAreNamed(line: String, problem: String) throws {
    let error = try failure(["FROM base", line])
    #expect(error.code == .invalidArgument)
    #expect(error.message.contains("line 2"))
    #expect(error.message.contains(problem))
  }

  @Test(arguments: [
    ("ADD git@github.com:a/b.git /c", "Git"), ("ADD https://x/a.git#v1:sub /c", "Git"),
    ("ADD ssh://x/a /c", "Git"), ("COPY --chmod=u+x a /c", "--chmod=u+x"),
  ])
  func unsupportedCopiesAreRefusedByName(line: String, name: String) throws {
    let error = try failure(["FROM base", line])
    #expect(error.code == .unimplemented)
    #expect(error.message.contains(name))
    #expect(error.hint?.isEmpty == false)
  }
}
