import API
import Errors
import Testing

@Suite struct EntryIDTests {
  @Test(arguments: [("", 0), ("0-0", 0), ("0", 0), ("12", 12)] as [(String, Int64)])
  func isTheOffsetOfTheNextByte(text: String, offset: Int64) throws {
    #expect(try EntryID(text) == EntryID(offset: offset))
    #expect(try EntryID(EntryID(offset: offset).description).offset == offset)
  }

  @Test(arguments: ["-1", "1-0", "x", "99999999999999999999"])
  func ofAnotherServerIsRefused(text: String) {
    let error = #expect(throws: SandlotError.self) { try EntryID(text) }
    #expect(error?.code == .invalidArgument && error?.message.contains("'\(text)'") == true)
  }
}
