import Errors
import Foundation
import Server
import Testing

@Suite struct DataDirectoryTests {
  private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  @Test func othersPassThroughAndSeeNothing() throws {
    let folder = try Folder()
    let directory = try folder.dataDirectory()
    for path in [directory.root, directory.preparation, directory.layers, directory.machines] {
      #expect(try mode(path.string) == 0o711)
    }
    for path in [directory.secrets, directory.builds, directory.spools] {
      #expect(try mode(path.string) == 0o700)
    }
    try directory.create()
  }

  @Test(arguments: ["a file/data", "a file"])
  func whereItCannotBeItSaysSo(place: String) throws {
    let folder = try Folder()
    _ = try folder.write("", to: "a file")
    let path = "\(folder.path)/\(place)"
    let error = #expect(throws: SandlotError.self) { try DataDirectory(path).create() }
    #expect(error?.code == .failedPrecondition)
    #expect(error?.message.contains(path) == true)
    #expect(error?.hint?.contains("--data-directory") == true)
    #expect(error?.message.contains("Success") == false)
  }

  @Test func aFileSystemThatTakesNothingIsNamedWithItsReason() {
    // Not even root makes directories here.
    let error = #expect(throws: SandlotError.self) { try DataDirectory("/proc/sandlot").create() }
    #expect(error?.code == .failedPrecondition)
    #expect(
      error?.message
        == "The data directory /proc/sandlot cannot be used: /proc/sandlot: "
        + "No such file or directory.")
  }
}
