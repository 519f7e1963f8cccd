import Testing

/// Docker's rules of what is copied where.
@Suite struct RuleTests {
  @Test(arguments: [
    (["f"], "/g", ["g"]), (["f"], "/g/", ["g", "g/f"]), (["f"], "/old", ["old", "old/f"]),
    (["f"], "/", ["f"]), (["f"], "/a/b/g", ["a", "a/b", "a/b/g"]),
    (["d"], "/x", ["x", "x/e", "x/e/h", "x/g"]), (["d"], "/x/", ["x", "x/e", "x/e/h", "x/g"]),
    (["d"], "/", ["e", "e/h", "g"]), (["."], "/", ["d", "d/e", "d/e/h", "d/g", "f", "f2"]),
    (["d", "f"], "/x/", ["x", "x/e", "x/e/h", "x/f", "x/g"]), (["d/e/h"], "/x", ["x"]),
    (["f*"], "/x/", ["x", "x/f", "x/f2"]), (["d/*"], "/x/", ["x", "x/g", "x/h"]),
    (["*/e/h"], "/x", ["x"]), (["none*"], "/x/", []), (["none/*"], "/x/", []),
    (["link"], "/x", ["x"]), (["links"], "/x/", ["x", "x/e", "x/e/h", "x/g"]),
  ])
  func pathsAreThoseOfDocker(sources: [String], destination: String, paths: [String]) throws {
    let trees = try Trees()
    try trees.make("echo f >f; echo f2 >f2; mkdir -p d/e; echo g >d/g; echo h >d/e/h")
    if sources[0].hasPrefix("link") { try trees.make("ln -s f link; ln -s d links") }
    if destination == "/old" { try trees.prepare("mkdir old") }
    #expect(trees.copy(sources, to: destination) == "")
    #expect(trees.paths == paths)
  }

  @Test(arguments: [
    (["x"], "/x", "“x” is not there"), (["f*"], "/x", "“f*” is 2 files"),
    (["d/x"], "/x", "“d/x” is not"),
    (["f"], "/file/x", "Not a directory"), (["loop"], "/x", "symbolic link"),
    (["d"], "/file", "irectory"),
    (["d"], "/", "is a directory, but a file"), (["dangling"], "/x", "“dangling” is not there"),
    (["."], "/sub", "is no directory, but a directory"), (["[a"], "/x", "“[a”"),
    (["../../etc/passwd"], "/x", "not there"),
  ])
  func whatCannotBeCopiedIsNamed(
    sources: [String], destination: String, problem: String
  ) throws {
    let trees = try Trees()
    try trees.make("echo f >f; echo f2 >f2; mkdir d; echo g >d/g; ln -s loop loop")
    try trees.make("ln -s nowhere dangling")
    try trees.prepare("touch file; mkdir -p g sub; touch sub/d")
    #expect(trees.copy(sources, to: destination).contains(problem))
  }

  @Test func linksCannotLeadOut() throws {
    let trees = try Trees()
    try trees.make("mkdir etc; echo inner >etc/passwd; ln -s /etc/passwd a; ln -s ../../../etc b")
    try trees.make("ln -s /etc/shadow c")
    #expect(trees.copy(["a"], to: "/a") == "")
    #expect(trees.copy(["b/passwd"], to: "/b") == "")
    #expect(trees.look("cat a b") == ["inner", "inner"])
    #expect(trees.copy(["c"], to: "/c").contains("not there"))
    try trees.prepare("ln -s /../../inside out; mkdir inside; ln -s ../../../inside up")
    #expect(trees.copy(["etc"], to: "/out") == "")
    #expect(trees.copy(["a"], to: "/up/new/a") == "")
    #expect(trees.look("find inside -type f | sort") == ["inside/new/a", "inside/passwd"])
  }

  @Test func aDirectoryIsCopiedThroughALink() throws {
    let trees = try Trees()
    try trees.make("mkdir -p lib/x; echo f >lib/x/f")
    try trees.prepare("mkdir -p usr/lib; ln -s usr/lib lib")
    #expect(trees.copy(["."], to: "/", isContext: true) == "")
    #expect(trees.look("cat usr/lib/x/f; readlink lib") == ["f", "usr/lib"])
  }

  @Test func filesReplaceFilesAndLinks() throws {
    let trees = try Trees()
    try trees.make("echo new >f; ln -s target l; mkfifo p")
    try trees.prepare("echo old >f; ln f other; ln -s other l; touch p")
    #expect(trees.copy(["."], to: "/") == "")
    #expect(
      trees.look("cat f other; readlink l; stat -c %F p") == ["new", "old", "target", "fifo"])
  }

  @Test(arguments: [
    (["*.md"], ["a.txt", "d", "d/b.md", "d/k", "d/k/c"]),
    (["**/*.md"], ["a.txt", "d", "d/k", "d/k/c"]),
    (["d"], ["a.md", "a.txt"]), (["d", "!d/k"], ["a.md", "a.txt", "d", "d/k", "d/k/c"]),
    (["*", "!a.md"], ["a.md"]),
  ])
  func excludesAreLeftOut(excludes: [String], paths: [String]) throws {
    let trees = try Trees()
    try trees.make("mkdir -p d/k; touch a.md a.txt d/b.md d/k/c")
    #expect(trees.copy(["."], to: "/", excludes: excludes) == "")
    #expect(trees.paths == paths)
  }

  @Test func excludesHoldForFilesOfAPattern() throws {
    let trees = try Trees()
    try trees.make("touch a.md a.txt")
    #expect(trees.copy(["a*"], to: "/x/", excludes: ["*.md"]) == "")
    #expect(trees.paths == ["x", "x/a.txt"])
  }

  @Test(arguments: [
    (["d/e/f"], ["x", "x/d", "x/d/e", "x/d/e/f"]), (["d/./e/f"], ["x", "x/e", "x/e/f"]),
    (["d"], ["x", "x/d", "x/d/e", "x/d/e/f", "x/d/g"]),
    (["d/*"], ["x", "x/d", "x/d/e", "x/d/e/f", "x/d/g"]),
    (["d/e/./."], ["x", "x/f"]),
  ])
  func parentsAreKept(sources: [String], paths: [String]) throws {
    let trees = try Trees()
    try trees.make("mkdir -p d/e; chmod 700 d; touch d/e/f d/g")
    #expect(trees.copy(sources, to: "/x/", keepsParents: true) == "")
    #expect(trees.paths == paths)
    if paths.contains("x/d") { #expect(trees.look("stat -c %a x/d") == ["700"]) }
    #expect(trees.copy(["d/none"], to: "/x/", keepsParents: true).contains("not there"))
  }

  @Test func namesThatAreNotTextAreCopied() throws {
    let trees = try Trees()
    try trees.make("mkdir d; echo x >\"d/$(printf 'a\\377b')\"; echo y >\"$(printf 'n\\nl')\"")
    #expect(trees.copy(["."], to: "/") == "")
    #expect(trees.look("cat d/* n*") == ["x", "y"])
    #expect(trees.copy(["d/a?b"], to: "/found") == "")
    #expect(trees.look("cat found") == ["x"])
  }
}
