import Glibc
import Testing

/// What copies keep of their sources. Owners and devices are root's to set.
@Suite(.enabled(if: getuid() == 0)) struct AttributeTests {
  private static let format =
    "find . -mindepth 1 -printf '%P %y %m %U:%G %s %T@ %l\\n' | LC_ALL=C sort"

  @Test func everythingIsKept() throws {
    let trees = try Trees()
    try trees.make(
      """
      mkdir -p d/sticky; chmod 3770 d/sticky; echo x >d/f; chmod 4751 d/f; chown 12:34 d/f d
      ln d/f d/hard; ln -s ../d/f d/soft; chown -h 5:6 d/soft; mkfifo -m 620 d/pipe
      mknod -m 604 d/null c 1 3; mknod d/block b 7 9; touch d/empty; chmod 0 d/empty
      python3 -c 'import os; os.setxattr("d/f", "user.note", b"text"); os.setxattr("d/sticky", "user.dir", b"x")'
      setcap cap_net_raw+ep d/f; touch -h -d '2001-02-03 04:05:06.789 UTC' d/soft d/f d/pipe d/null
      touch -d '2002-03-04' d/sticky d
      """)
    #expect(trees.copy(["."], to: "/") == "")
    #expect(trees.look(Self.format) == Shell.lines("cd \(trees.source) && \(Self.format)"))
    #expect(trees.look("stat -c %t:%T d/null d/block") == ["1:3", "7:9"])
    #expect(trees.look("[ d/f -ef d/hard ] && echo one") == ["one"])
    let attributes =
      "python3 -c 'import os; print([[(n, os.getxattr(p, n)) for n in sorted(os.listxattr(p))] for p in (\"d/f\", \"d/sticky\")])'; getcap d/f"
    #expect(trees.look(attributes) == Shell.lines("cd \(trees.source) && \(attributes)"))
    #expect(trees.look(attributes).contains { $0.contains("cap_net_raw") })
  }

  @Test func holesAreKept() throws {
    let trees = try Trees()
    try trees.make(
      """
      truncate -s 64M all; truncate -s 64M f; printf head | dd of=f conv=notrunc status=none
      printf mid | dd of=f bs=1M seek=32 conv=notrunc status=none; truncate -s 3 t; cp f g
      dd if=/dev/urandom of=h bs=1M count=3 status=none; truncate -s 5M h
      """)
    #expect(trees.copy(["."], to: "/") == "")
    #expect(Shell.run("cd \(trees.source) && for f in *; do cmp $f \(trees.target)/$f; done") == 0)
    let blocks = trees.look("stat -c %b all f h").compactMap { Int($0) }
    #expect(blocks[0] == 0 && blocks[1] < 1000 && blocks[2] < 7000)
  }

  @Test func ownersAndModesCanBeGiven() throws {
    let trees = try Trees()
    try trees.prepare("mkdir etc; echo app:x:77:88::/:/bin/sh >etc/passwd")
    try trees.prepare("echo staff:x:99: >etc/group")
    try trees.make("mkdir -p d/e; echo f >d/e/f; ln -s f d/e/l; chown -R 1:1 d")
    for (owner, expected) in [
      ("app", "77:88"), ("app:staff", "77:99"), ("5", "5:5"), ("5:6", "5:6"), (":staff", "0:99"),
      ("", "1:1"),
    ] {
      #expect(trees.copy(["d"], to: "/x/new", owner: owner) == "")
      let parents = owner.isEmpty ? "0:0" : expected
      let found = trees.look("stat -c %u:%g x x/new x/new/e x/new/e/f x/new/e/l; rm -r x")
      #expect(found == [parents, parents, expected, expected, expected])
    }
    #expect(trees.copy(["d"], to: "/y", owner: "nobody").contains("“nobody” is not in"))
    #expect(trees.copy(["d"], to: "/y", owner: "app:none").contains("group “none”"))
    #expect(trees.copy(["d"], to: "/z", mode: 0o4750) == "")
    #expect(trees.look("stat -c %a z z/e z/e/f") == ["755", "4750", "4750"])
  }

  @Test func aClientsFilesAreRoots() throws {
    let trees = try Trees()
    try trees.make("mkdir -p tmp/new; echo f >tmp/f; chown -R 1:1 tmp; chmod 640 tmp/f")
    try trees.prepare("mkdir -m 1777 tmp; chown 3:4 tmp; mkdir -m 700 x")
    #expect(trees.copy(["."], to: "/", isContext: true) == "")
    #expect(
      trees.look("stat -c '%a %u:%g' tmp tmp/f tmp/new") == ["1777 3:4", "640 0:0", "755 0:0"])
    #expect(trees.copy(["."], to: "/", owner: "9", isContext: true) == "")
    #expect(trees.look("stat -c '%a %u:%g' tmp") == ["1777 9:9"])
    #expect(trees.copy(["."], to: "/") == "")
    #expect(trees.look("stat -c '%a %u:%g' tmp tmp/f") == ["755 1:1", "640 1:1"])
  }

  @Test func manyLinksToOneFileStayOne() throws {
    let trees = try Trees()
    try trees.make(
      "mkdir a b; echo x >a/f; for i in $(seq 200); do ln a/f b/$i; done; echo y >other")
    #expect(trees.copy(["a", "b"], to: "/x/") == "")
    #expect(trees.look("stat -c %h x/f x/200") == ["201", "201"])
  }

  @Test func deepTreesAreCopiedOrRefused() throws {
    let trees = try Trees()
    try trees.make("p=.; for i in $(seq 300); do p=$p/d; done; mkdir -p $p; echo x >$p/f")
    #expect(trees.copy(["."], to: "/") == "")
    #expect(trees.look("find . -name f | wc -l") == ["1"])
  }
}

extension Shell {
  static func lines(_ script: String) -> [String] {
    output(script).split(separator: "\n").map(String.init)
  }
}
