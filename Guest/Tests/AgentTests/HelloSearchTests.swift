import Agent
import GuestProtocol
import Testing

@Suite struct HelloSearchTests {
  private let hello = Frame(.hello, payload: Hello().encoded()).encoded()

  @Test(arguments: [1, 2, 5, 8, 9, 10, 100]) func aHelloIsFoundInPieces(_ size: Int) throws {
    let garbage = [UInt8](repeating: 8, count: 57) + [8, 0, 0, 0, 1, 0, 0]
    let bytes = garbage + hello + [1, 2, 3]
    var search = HelloSearch()
    var found: [UInt8]?
    for start in stride(from: 0, to: bytes.count, by: size) {
      let piece = bytes[start..<min(start + size, bytes.count)]
      if found == nil { found = search.append(piece) } else { found? += piece }
    }
    #expect(try #require(found) == hello + [1, 2, 3])
  }

  @Test func garbageHoldsNone() {
    var search = HelloSearch()
    for _ in 0..<100 { #expect(search.append([UInt8](repeating: 0xff, count: 100)) == nil) }
  }
}
