import Errors
import Foundation
import Server
import Testing

@Suite struct RunningServerTests {
  private let state = ServerState(
    processID: 4711, url: "http://127.0.0.1:4600", engine: "tcg",
    startedAt: Date(timeIntervalSince1970: 1_700_000_000))

  @Test func twoServersDoNotShareADirectory() throws {
    let folder = try Folder()
    let directory = try folder.dataDirectory()
    #expect(!DirectoryLock.isHeld(directory))
    let first = try DirectoryLock(directory)
    #expect(DirectoryLock.isHeld(directory))
    try state.write(directory)
    let error = #expect(throws: SandlotError.self) { _ = try DirectoryLock(directory) }
    #expect(error?.code == .failedPrecondition)
    #expect(error?.message.contains("(process 4711)") == true)
    #expect(error?.message.contains(directory.root.string) == true)
    #expect(error?.hint?.contains("sandlot down") == true)
    withExtendedLifetime(first) {}
  }

  @Test func theLockEndsWithItsHolder() throws {
    let folder = try Folder()
    let directory = try folder.dataDirectory()
    for _ in 1...2 {
      let lock = try DirectoryLock(directory)
      withExtendedLifetime(lock) { #expect(DirectoryLock.isHeld(directory)) }
    }
    #expect(!DirectoryLock.isHeld(directory))
  }

  @Test func theStateIsReadAsItWasWritten() throws {
    let folder = try Folder()
    let directory = try folder.dataDirectory()
    #expect(ServerState.read(directory) == nil)
    try state.write(directory)
    #expect(ServerState.read(directory) == state)
    ServerState.remove(directory)
    ServerState.remove(directory)
    #expect(ServerState.read(directory) == nil)
  }

  @Test func aStateWithoutALockIsThatOfADeadServer() throws {
    let folder = try Folder()
    let directory = try folder.dataDirectory()
    try state.write(directory)
    #expect(ServerState.ofRunningServer(directory) == nil)
    let lock = try DirectoryLock(directory)
    #expect(ServerState.ofRunningServer(directory) == state)
    withExtendedLifetime(lock) {}
  }

  @Test func aDamagedStateIsNone() throws {
    let folder = try Folder()
    let directory = try folder.dataDirectory()
    _ = try folder.write("{\"url\":", to: "data/server.json")
    #expect(ServerState.read(directory) == nil)
  }
}
