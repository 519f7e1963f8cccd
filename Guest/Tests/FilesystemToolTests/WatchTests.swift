import Foundation
import Testing

@Suite struct WatchTests {
  let workspace: Workspace

  init() throws {
    workspace = try Workspace()
    try workspace.makeDirectory("d/sub")
  }

  @Test func reportsChangesInOrderUntilItsInputEnds() throws {
    let watch = try RunningWatch(
      workspace, "d",
      filter: ["Create", "Modify", "Remove", "Rename", "RenameFrom", "RenameTo"])
    try workspace.make("f", "x")
    rename(workspace.path("f"), workspace.path("d/f"))
    chmod(workspace.path("d/f"), 0o600)
    rename(workspace.path("d/f"), workspace.path("d/g"))
    unlink(workspace.path("d/g"))
    try workspace.make("d/sub/unseen")
    rename(workspace.path("d/sub"), workspace.path("sub"))
    #expect(
      try watch.events(5) == [
        ["RenameTo", "d/f"], ["Modify", "d/f"], ["Rename", "d/f", "d/g"], ["Remove", "d/g"],
        ["RenameFrom", "d/sub"],
      ])
    #expect(watch.stop())
  }

  @Test func reportsOnlyWhatTheFilterNames() throws {
    let watch = try RunningWatch(workspace, "d", filter: ["Create"])
    try workspace.make("d/f", "x")
    unlink(workspace.path("d/f"))
    try workspace.make("d/g")
    #expect(try watch.events(2) == [["Create", "d/f"], ["Create", "d/g"]])
    #expect(watch.stop())
  }

  @Test func reportsAllThatAppearsInNewDirectoriesOnce() throws {
    let watch = try RunningWatch(workspace, "d", recursive: true, filter: ["Create"])
    var expected: Set<[String]> = []
    for number in 0..<100 {
      try workspace.makeDirectory("d/new\(number)/in")
      try workspace.make("d/new\(number)/in/f")
      for suffix in ["", "/in", "/in/f"] { expected.insert(["Create", "d/new\(number)\(suffix)"]) }
    }
    try workspace.make("d/sub/last")
    expected.insert(["Create", "d/sub/last"])
    let events = try watch.events(expected.count)
    #expect(Set(events) == expected)
    #expect(watch.stop())
  }

  @Test func followsDirectoriesThatAreRenamed() throws {
    let watch = try RunningWatch(workspace, "d", recursive: true, filter: ["Create", "Rename"])
    rename(workspace.path("d/sub"), workspace.path("d/renamed"))
    try workspace.make("d/renamed/f")
    #expect(
      try watch.events(2) == [["Rename", "d/sub", "d/renamed"], ["Create", "d/renamed/f"]])
    #expect(watch.stop())
  }

  @Test func endsWhenWhatItWatchesIsGone() throws {
    let watch = try RunningWatch(workspace, "d", filter: ["Create", "Remove"])
    try FileManager.default.removeItem(atPath: workspace.path("d"))
    #expect(watch.hasEnded())
    while try watch.nextEvent() != ["Remove", "d"] {}
  }

  @Test func endsAfterItsTime() throws {
    let result = try ToolResult.of([
      #"{"Watch":{"path":"\#(workspace.path("d"))","recursive":true,"filter":null,"#
        + #""timeout_secs":0}}"#
    ])
    #expect(result.succeeded)
  }

  @Test func refusesWhatIsNotThere() throws {
    try workspace.link("broken", to: "nowhere")
    for name in ["none", "broken"] {
      let result = try workspace.run("Watch", name, [.init("recursive", .bool(false))])
      #expect(result.errorKind == "NotFound")
    }
  }
}
