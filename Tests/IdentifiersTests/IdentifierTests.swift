import Identifiers
import Testing

@Suite struct IdentifierTests {
  @Test func idsHaveTheShapesThatTheSDKChecks() throws {
    #expect(try #/ap-[A-Za-z0-9]{22}/#.wholeMatch(in: Identifier.make(.app)) != nil)
    #expect(try #/sb-[A-Z0-9]{26}/#.wholeMatch(in: Identifier.make(.sandbox)) != nil)
    #expect(try #/ta-[A-Z0-9]{26}V/#.wholeMatch(in: Identifier.make(.task)) != nil)
    #expect(try #/sb-[A-Za-z0-9]{22}/#.wholeMatch(in: Identifier.make(.sandboxV1)) != nil)
    #expect(try #/im-[A-Z0-9]{26}/#.wholeMatch(in: Identifier.make(.image)) != nil)
    #expect(try #/mo-[A-Za-z0-9]{22}/#.wholeMatch(in: Identifier.make(.mount)) != nil)
    #expect(try #/st-[A-Za-z0-9]{22}/#.wholeMatch(in: Identifier.make(.secret)) != nil)
    #expect(try #/en-[A-Za-z0-9]{22}/#.wholeMatch(in: Identifier.make(.environment)) != nil)
  }

  @Test func theTaskOfAV1SandboxIsNotTakenForOneOfV2() throws {
    for _ in 0..<1000 {
      #expect(
        try #/ta-[A-Za-z0-9]{21}[A-UW-Za-z0-9]/#.wholeMatch(in: Identifier.make(.taskV1)) != nil)
    }
  }

  @Test(arguments: Identifier.Kind.allCases)
  func idsDoNotRepeat(kind: Identifier.Kind) {
    let ids = Set((0..<1000).map { _ in Identifier.make(kind) })
    #expect(ids.count == 1000)
  }
}

@Suite struct ObjectNameTests {
  @Test(arguments: ["a", "My-App_2.0", String(repeating: "x", count: 63), "ap-1", ".", "-"])
  func aNameMayBe(name: String) { #expect(ObjectName.isValid(name)) }

  @Test(arguments: [
    "", "a b", "a/b", "naïve", "a\n", String(repeating: "x", count: 64),
    "ap-" + String(repeating: "0", count: 22),
  ])
  func aNameMayNotBe(name: String) { #expect(!ObjectName.isValid(name)) }
}
