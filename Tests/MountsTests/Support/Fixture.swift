import Foundation
import Logging
import Mounts
import Store
import Synchronization
import SystemPackage

/// Mounts in a directory of their own, with a clock that the test moves.
final class Fixture: Sendable {
  let directory: FilePath
  let store: Store
  let mounts: Mounts

  init(limits: MountLimits = MountLimits()) throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("sandlot-mounts-\(UUID())").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    directory = FilePath(path)
    store = try Store()
    let clock = Clock()
    mounts = try Mounts(
      store: store, directory: directory, limits: limits,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, now: { clock.now })
    self.clock = clock
  }

  let clock: Clock

  /// A time of day that stands still.
  final class Clock: Sendable {
    private let time = Mutex(Date(timeIntervalSince1970: 1_800_000_000))

    var now: Date { time.withLock { $0 } }

    func advance(_ seconds: TimeInterval) { time.withLock { $0 += seconds } }
  }

  /// Sends a file; returns it as a mount's.
  func send(_ text: String, to path: String) async throws -> MountedFile {
    let sha256 = try mounts.blobs.put(Array(text.utf8)).sha256
    return MountedFile(path: path, sha256: sha256)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory.string) }
}
