import Errors
import Foundation
import Testing
import Tokens

@Suite struct SealingKeyTests {
  private let key = SealingKey.generate()
  private let text = Array("swordfish".utf8)

  @Test func whatIsSealedOpensForItsLabelOnly() throws {
    let sealed = try key.seal(text, for: "st-1")
    #expect(try key.open(sealed, for: "st-1") == text)
    #expect(!sealed.contains(text))
    for (key, label) in [(key, "st-2"), (SealingKey.generate(), "st-1")] {
      let error = #expect(throws: SandlotError.self) { try key.open(sealed, for: label) }
      #expect(error?.code == .failedPrecondition)
    }
  }

  @Test func whatWasChangedDoesNotOpen() throws {
    let sealed = try key.seal(text, for: "st-1")
    for index in sealed.indices {
      var changed = sealed
      changed[index] ^= 1
      #expect(throws: SandlotError.self) { try key.open(changed, for: "st-1") }
    }
    #expect(throws: SandlotError.self) { try key.open([], for: "st-1") }
  }

  @Test func equalTextsLookDifferent() throws {
    #expect(try key.seal(text, for: "st-1") != key.seal(text, for: "st-1"))
  }

  @Test func aKeyIsMadeOnceForTheOwnerOnly() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "sealing-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let sealed = try SealingKey.loadOrCreate(at: path).seal(text, for: "st-1")
    #expect(try SealingKey.loadOrCreate(at: path).open(sealed, for: "st-1") == text)
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    try Data([1, 2, 3]).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    let error = #expect(throws: SandlotError.self) { try SealingKey.loadOrCreate(at: path) }
    #expect(error?.code == .failedPrecondition)
  }
}
