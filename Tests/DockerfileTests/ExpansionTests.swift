import Dockerfile
import Testing

@Suite struct ExpansionTests {
  private let variables = Variables(["foo": "bar", "empty": "", "path": "/a b"])

  @Test(arguments: [
    ("plain", "plain"), ("", ""),
    ("$foo", "bar"), ("${foo}", "bar"), ("x${foo}y", "xbary"), ("$foo/baz", "bar/baz"),
    ("$foox", ""), ("$unset", ""), ("${unset}", ""), ("$foo-$foo", "bar-bar"),
    ("${foo:-word}", "bar"), ("${unset:-word}", "word"), ("${empty:-word}", "word"),
    ("${empty-word}", ""), ("${unset-word}", "word"), ("${unset:-}", ""),
    ("${foo:+word}", "word"), ("${unset:+word}", ""), ("${empty:+word}", ""),
    ("${empty+word}", "word"), ("${foo:?no}", "bar"), ("${empty?no}", ""),
    ("${unset:-$foo}", "bar"), ("${unset:-${empty:-${foo}}}", "bar"), ("${unset:-'a}b'}", "a}b"),
    ("\\$foo", "$foo"), ("\\${foo}", "${foo}"), ("\\\\$foo", "\\bar"), ("a\\ b", "a b"),
    ("'$foo'", "$foo"), ("'a\\b'", "a\\b"), ("\"$foo\"", "bar"), ("\"\\$foo\"", "$foo"),
    ("\"a\\\"b\"", "a\"b"), ("\"a\\nb\"", "a\\nb"), ("\"'$foo'\"", "'bar'"),
    ("'\"$foo\"'", "\"$foo\""),
    ("'it'\"'\"'s'", "it's"), ("$path", "/a b"), ("$", "$"), ("a$", "a$"), ("$ a", "$ a"),
    ("$/x", "$/x"), ("$1x", "x"), ("a$$b", "ab"), ("ü$foo", "übar"), ("a\\", "a"),
  ])
  func textsAreExpanded(text: String, expected: String) throws {
    #expect(try expand(text, with: variables) == expected)
  }

  @Test(arguments: [
    ("'a", "quote '"), ("\"a", "quote \""), ("${foo", "brace"), ("${foo:-a", "brace"),
    ("${", "name"), ("${}", "name"), ("${foo:=a}", "modifier"), ("${foo#a}", "modifier"),
    ("${unset:?is needed}", "unset: is needed"), ("${unset?}", "unset: not set"),
  ])
  func brokenTextsAreRefused(text: String, problem: String) throws {
    let error = try #require(throws: TemplateError.self) { try expand(text, with: variables) }
    #expect(error.description.contains(problem))
  }

  @Test func nestingHasALimit() throws {
    let text = String(repeating: "${a:-", count: 50_000)
    let error = try #require(throws: TemplateError.self) { try expand(text, with: variables) }
    #expect(error.description.contains("levels"))
  }

  @Test func theEscapeCharacterCanBeABacktick() throws {
    #expect(try expand("`$foo\\$foo", with: variables, escape: "`") == "$foo\\bar")
  }

  @Test func growthHasALimit() throws {
    let doubling = Array(repeating: "ENV A=$A$A", count: 40)
    let error = try failure(["FROM base", "ENV A=0123456789"] + doubling)
    #expect(error.code == .invalidArgument)
    #expect(error.message.contains("131072"))
  }
}
