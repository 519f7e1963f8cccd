import Testing

@Suite struct RequestTests {
  @Test(arguments: [
    "", "{", "[]", "{}", "1", #"{"Stat":{"path":"/"},"ReadFile":{"path":"/"}}"#,
    #"{"Copy":{"path":"/"}}"#, #"{"Stat":{}}"#, #"{"Stat":null}"#, #"{"Stat":"/"}"#,
    #"{"Stat":{"path":1}}"#, #"{"Stat":{"path":""}}"#, #"{"Stat":{"path":"relative"}}"#,
    #"{"Stat":{"path":"/a\u0000b"}}"#, #"{"Stat":{"path":"/\udcff"}}"#,
    #"{"Remove":{"path":"/x"}}"#, #"{"MakeDirectory":{"path":"/x","parents":"yes"}}"#,
    #"{"Watch":{"path":"/","recursive":false,"filter":["Created"]}}"#,
    #"{"Watch":{"path":"/","recursive":false,"filter":"Create"}}"#,
    #"{"Watch":{"path":"/","recursive":false,"timeout_secs":-1}}"#,
    #"{"Watch":{"path":"/","recursive":false,"timeout_secs":"1"}}"#,
  ])
  func refusesBadArguments(argument: String) throws {
    #expect(try ToolResult.of([argument]).errorKind == "InvalidArgument")
  }

  @Test func takesExactlyOneArgument() throws {
    #expect(try ToolResult.of([]).errorKind == "InvalidArgument")
    let stat = #"{"Stat":{"path":"/"}}"#
    #expect(try ToolResult.of([stat, stat]).errorKind == "InvalidArgument")
    #expect(try ToolResult.of([stat]).succeeded)
  }

  @Test func ignoresKeysOfALaterVersion() throws {
    #expect(try ToolResult.of([#"{"Stat":{"path":"/","follow":true}}"#]).succeeded)
  }

  @Test func namesThePathOnlyWhereTheClientDoesNot() throws {
    let workspace = try Workspace()
    #expect(try workspace.run("ReadFile", "none").message == "No such file or directory")
    try workspace.link("loop", to: "loop")
    let message = try workspace.run("ReadFile", "loop").message
    #expect(message?.hasSuffix(": " + workspace.path("loop")) == true)
  }
}
