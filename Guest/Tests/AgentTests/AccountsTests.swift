import Agent
import GuestProtocol
import Testing

@Suite struct AccountsTests {
  private let accounts = Accounts(
    passwd: """
      root:x:0:0:root:/root:/bin/bash
      broken line
      alice:x:1000:1000:Alice,,,:/home/alice:/bin/sh
      1001:x:7:7::/seven:/bin/sh
      bob:x:1001:1001::/home/bob:/bin/sh
      nohome:x:1002:0:::
      """,
    group: """
      root:x:0:
      staff:x:50:bob,alice
      docker:x:999:alice
      alice:x:1000:
      """)

  @Test func emptyIsRoot() throws {
    let user = try accounts.identity(for: "")
    #expect(user.user == 0)
    #expect(user.group == 0)
    #expect(user.home == "/root")
    #expect(user.isCaller)
  }

  @Test func aNameHasItsGroups() throws {
    let user = try accounts.identity(for: "alice")
    #expect(user.user == 1000)
    #expect(user.group == 1000)
    #expect(user.groups == [1000, 50, 999])
    #expect(user.home == "/home/alice")
    #expect(!user.isCaller)
  }

  @Test func aNumberFindsItsEntry() throws {
    #expect(try accounts.identity(for: "1000").groups == [1000, 50, 999])
  }

  @Test func aNameOfDigitsGoesBeforeANumber() throws {
    #expect(try accounts.identity(for: "1001").user == 7)
  }

  @Test func aNumberNeedsNoEntry() throws {
    let user = try accounts.identity(for: "4711")
    #expect(user.user == 4711)
    #expect(user.group == 0)
    #expect(user.groups == [])
    #expect(user.home == "/")
  }

  @Test func aGivenGroupReplacesTheUsersOwn() throws {
    let named = try accounts.identity(for: "alice:docker")
    #expect(named.group == 999)
    #expect(named.groups == [])
    #expect(try accounts.identity(for: "4711:815").group == 815)
    #expect(try accounts.identity(for: "alice:").group == 1000)
  }

  @Test func anEmptyHomeIsTheRoot() throws {
    #expect(try accounts.identity(for: "nohome").home == "/")
  }

  @Test(arguments: [
    "carol", "alice:wheel", "-1", "carol:0", "4294967295", "alice:4294967295", "4294967296",
  ])
  func unknownNamesAreRefused(_ text: String) {
    let failure = #expect(throws: GuestFailure.self) { try accounts.identity(for: text) }
    #expect(failure?.kind == .unknownUser)
  }
}
