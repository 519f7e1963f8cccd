import Foundation
import SystemPackage

extension Logs {
  /// A finished sandbox's log and what it takes.
  private struct Kept {
    var path: FilePath
    var written: Int64
    var bytes: Int64
  }

  /// Removes the logs of finished sandboxes that are too old, and the oldest while there are too many
  /// or they take too much.
  public func removeOld() async {
    var kept: [Kept] = []
    for app in names(in: directory) {
      let appPath = directory.appending(app)
      for sandboxID in names(in: appPath) where !isOpen(sandboxID) {
        kept.append(self.kept(appPath.appending(sandboxID)))
      }
      await Task.yield()
    }
    kept.sort { $0.written > $1.written }
    let oldest = now().addingTimeInterval(-(limits.retention / .seconds(1))).nanoseconds
    var bytes: Int64 = 0
    for (number, log) in kept.enumerated() {
      bytes += log.bytes
      if log.written < oldest || number >= limits.finishedSandboxes || bytes > limits.totalBytes {
        try? FileManager.default.removeItem(atPath: log.path.string)
        // Where it was the app's last one; a directory that is not empty stays.
        _ = log.path.removingLastComponent().withPlatformString { rmdir($0) }
      }
    }
  }

  private func kept(_ path: FilePath) -> Kept {
    let files = names(in: path).map { path.appending($0) }
    return Kept(
      path: path, written: files.compactMap(FileTimes.modified).max() ?? 0,
      bytes: files.reduce(FileTimes.allocated(path)) { $0 + FileTimes.allocated($1) })
  }

  private func names(in directory: FilePath) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: directory.string)) ?? []
  }
}
