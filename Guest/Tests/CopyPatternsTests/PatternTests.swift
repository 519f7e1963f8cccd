import CopyPatterns
import Testing

@Suite struct PatternTests {
  @Test(arguments: [
    ("abc", "abc", true), ("*", "abc", true), ("*c", "abc", true), ("a*", "a", true),
    ("a*", "abc", true), ("a*", "ab/c", false), ("a*/b", "abc/b", true), ("a*/b", "a/c/b", false),
    ("a*b*c*d*e*", "axbxcxdxe", true), ("a*b?c*x", "abxbbxdbxebxczzx", true),
    ("a*b?c*x", "abxbbxdbxebxczzy", false), ("ab[c]", "abc", true), ("ab[b-d]", "abc", true),
    ("ab[e-g]", "abc", false), ("ab[^c]", "abc", false), ("ab[^e-g]", "abc", true),
    ("a\\*b", "a*b", true), ("a\\*b", "ab", false), ("a?b", "a☺b", true), ("a[^a]b", "a☺b", true),
    ("a???b", "a☺b", false), ("[a-ζ]*", "α", true), ("*[a-ζ]", "A", false), ("a?b", "a/b", false),
    ("a*b", "a/b", false), ("[\\]a]", "]", true), ("[\\-]", "-", true), ("[x\\-]", "-", true),
    ("*x", "xxx", true), ("", "", true), ("", "a", false), ("arr[[]0].txt", "arr[0].txt", true),
  ])
  func patternsMatchAsInGo(pattern: String, path: String, matches: Bool) throws {
    #expect(try PathPattern(pattern).matches(Array(path.utf8)) == matches)
  }

  @Test(arguments: ["[", "[a", "[]a]", "[-]", "[x-]", "[-x]", "a[", "a\\", "[^", "[b-a]", "[\\"])
  func wrongPatternsAreNamed(pattern: String) throws {
    let error = try #require(throws: PatternError.self) { try PathPattern(pattern) }
    #expect(error.description.contains("“\(pattern)”"))
  }

  @Test func namesThatAreNotTextMatchWildcards() throws {
    let name: [UInt8] = [0x61, 0xFF, 0x62]
    #expect(try PathPattern("a*b").matches(name))
    #expect(try PathPattern("a?b").matches(name))
    #expect(try !PathPattern("ab").matches(name))
  }

  @Test func manyStarsCostLittle() throws {
    let pattern = try PathPattern(String(repeating: "a*", count: 200) + "b")
    #expect(!pattern.matches(Array(repeating: UInt8(ascii: "a"), count: 2000)))
  }

  @Test(arguments: [
    (["*.md"], "a.md", true), (["*.md"], "d/a.md", false), (["**/*.md"], "a.md", true),
    (["**/*.md"], "d/e/a.md", true), (["d"], "d/e", true), (["d/"], "d", true),
    (["d/*"], "d", false),
    (["d/**"], "d", false), (["d/**"], "d/e/f", true), (["**"], "a/b", true),
    (["a/**/b"], "a/b", true), (["a/**/b"], "a/x/y/b/c", true), (["a/**/b"], "a/x", false),
    (["*", "!a"], "a", false), (["*", "!a"], "b", true), (["!a", "*"], "a", true),
    (["d", "!d/keep"], "d/keep/x", false), (["d", "!d/keep"], "d/x", true), ([], "a", false),
    (["/a"], "a", true), (["./a"], "a", true),
  ])
  func excludesAreThoseOfDocker(patterns: [String], path: String, isExcluded: Bool) throws {
    #expect(try ExcludePatterns(patterns).excludes(Array(path.utf8)) == isExcluded)
  }

  @Test(arguments: [
    (".", "a/b", SourcePattern.Relation.taken(below: 2)), ("a", "a", .taken(below: 0)),
    ("a", "a/b/c", .taken(below: 2)), ("a/b", "a", .above), ("a/b", "c", .apart),
    ("a/*", "a/x/y", .taken(below: 1)),
    ("a/*.c", "a/x.h", .apart), ("x/./y", "x/y", .taken(below: 0)), ("x/./y", "x", .above),
  ])
  func sourcesTakeWhatTheyNameAndWhatIsBelow(
    source: String, path: String, relation: SourcePattern.Relation
  ) throws {
    #expect(try SourcePattern(source).relation(to: Array(path.utf8)) == relation)
  }

  @Test func aPivotCounts() throws {
    #expect(try SourcePattern("x/y/./z").pivot == 2)
    #expect(try SourcePattern("x/y").pivot == 0)
    #expect(try SourcePattern("x/[*]").hasWildcards)
    #expect(try !SourcePattern("x/\\*").hasWildcards)
  }
}
