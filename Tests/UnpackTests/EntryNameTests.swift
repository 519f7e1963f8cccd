import Testing
import Unpack

@Suite struct EntryNameTests {
  private func path(_ text: String) throws -> String {
    String(
      decoding: try EntryName(Array(text.utf8)).path.dropLast().map { UInt8(bitPattern: $0) },
      as: UTF8.self)
  }

  @Test(arguments: [
    ("a/b", "a/b"), ("./a/./b/", "a/b"), ("/etc//passwd", "etc/passwd"), ("a/../b", "b"),
    (".", "."),
    ("", "."), ("/", "."),
  ])
  func namesAreBelowTheRoot(given: String, expected: String) throws {
    #expect(try path(given) == expected)
  }

  @Test(arguments: ["..", "../etc/passwd", "a/../../b", "/../x"])
  func whatLeadsOutIsRefused(name: String) {
    #expect(throws: EntryName.Refusal.self) { try EntryName(Array(name.utf8)) }
  }

  @Test func whatNoFileCanBeCalledIsRefused() throws {
    let long = [UInt8](repeating: 97, count: 256)
    #expect(throws: EntryName.Refusal.self) { try EntryName(long) }
    let deep = Array(String(repeating: "aa/", count: 2000).utf8)
    #expect(throws: EntryName.Refusal.self) { try EntryName(deep) }
    #expect(try EntryName([0xff, 0xfe]).parts == [[0xff, 0xfe]])
  }

  @Test func whiteoutsNameWhatTheyHide() throws {
    func purpose(_ text: String) throws -> EntryName.Purpose {
      try EntryName(Array(text.utf8)).purpose
    }
    func name(_ text: String) throws -> EntryName { try EntryName(Array(text.utf8)) }
    let hidden = try name("a/b")
    #expect(try purpose("a/.wh.b") == .whiteout(hidden))
    let directory = try name("a")
    #expect(try purpose("a/.wh..wh..opq") == .opaque(directory))
    #expect(try purpose("a/.wh..wh.plnk") == .bookkeeping)
    #expect(try purpose("a/.wh.") == .bookkeeping)
    #expect(try purpose("a/b.wh.c") == .content)
  }

  @Test func whatIsShownDoesNothingToATerminal() {
    #expect(EntryName.shown(Array("a\u{1b}[31mb".utf8)) == "'a?[31mb'")
  }
}
