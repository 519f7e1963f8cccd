import Foundation
import Server
import Settings
import Testing

/// A directory of a test's own, removed when the test is done with it.
struct Folder: ~Copyable {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("server-tests-\(UUID())").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// A data directory in it, made.
  func dataDirectory() throws -> DataDirectory {
    let directory = DataDirectory(path + "/data")
    try directory.create()
    return directory
  }

  /// Writes a file and returns its path.
  func write(_ text: String, to name: String) throws -> String {
    let file = "\(path)/\(name)"
    try text.write(toFile: file, atomically: false, encoding: .utf8)
    return file
  }

  /// Settings with the data directory in it.
  func settings() throws -> Settings {
    try Settings(
      sources: [], defaults: .init(dataDirectory: path + "/data", guestCertificates: []))
  }
}
