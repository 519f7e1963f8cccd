import Errors
import Testing
import Tokens

@Suite struct CredentialsTests {
  @Test func generatedOnesHaveTheSDKsShape() {
    let credentials = Credentials.generate()
    #expect(credentials.id.wholeMatch(of: /ak-[0-9A-Za-z]{22}/) != nil)
    #expect(credentials.secret.wholeMatch(of: /as-[0-9A-Za-z]{22}/) != nil)
  }

  @Test func generatedOnesDiffer() {
    let all = (0..<100).map { _ in Credentials.generate() }
    #expect(Set(all.map(\.id)).count == 100)
    #expect(Set(all.map(\.secret)).count == 100)
  }

  @Test func onlyBothTogetherMatch() {
    let credentials = Credentials.generate()
    let other = Credentials.generate()
    #expect(credentials.match(id: credentials.id, secret: credentials.secret))
    #expect(!credentials.match(id: credentials.id, secret: other.secret))
    #expect(!credentials.match(id: other.id, secret: credentials.secret))
    #expect(!credentials.match(id: credentials.secret, secret: credentials.id))
    #expect(!credentials.match(id: credentials.id, secret: ""))
    #expect(!credentials.match(id: credentials.id, secret: credentials.secret + "x"))
    #expect(!credentials.match(id: credentials.id, secret: String(credentials.secret.dropLast())))
  }

  @Test func textNeverShowsTheSecret() {
    let credentials = Credentials.generate()
    #expect("\(credentials)".contains(credentials.id))
    #expect(!"\(credentials)".contains(credentials.secret))
    #expect(!String(reflecting: credentials).contains(credentials.secret))
  }

  @Test(arguments: [("", "as-1"), ("ak-1", ""), ("ak 1", "as-1"), ("ak-1", "as-\n"), ("ä", "as-1")])
  func whatCannotBeAHeaderIsRefused(id: String, secret: String) {
    let error = #expect(throws: SandlotError.self) { try Credentials(id: id, secret: secret) }
    #expect(error?.code == .invalidArgument)
  }
}
