import Errors
import Foundation
import Machines
import SystemPackage

extension Mounts {
  private static let archiveSuffix = ".squashfs"

  /// A squashfs with the files of a tree at their paths, owned by root, in directories of mode 0755.
  ///
  /// It is made once for each tree, whoever asks for it meanwhile. It stays where it is for
  /// `MountLimits.archiveRetention` after it was last asked for; a machine that has opened it keeps it
  /// longer. Throws `SandlotError`: `notFound` where a content is gone, `resourceExhausted` where the
  /// disk is full.
  public func archive(of tree: FileTree) async throws -> FilePath {
    let path = archives.appending(tree.digest + Self.archiveSuffix)
    if let making = making[tree.digest] { return try await making.value }
    if FileTime.set(path, to: now()) { return path }
    // Not the caller's task: others may have joined when it is cancelled.
    let task = Task { [blobs, logger] in
      let start = ContinuousClock.now
      try await ArchiveMaker(blobs: blobs).make(tree, at: path)
      logger.debug(
        "made an archive",
        metadata: [
          "files": "\(tree.entries.count)", "bytes": "\(tree.size)",
          "time": "\(ContinuousClock.now - start)",
        ])
      return path
    }
    making[tree.digest] = task
    defer { making[tree.digest] = nil }
    return try await task.value
  }

  /// Removes archives that nobody has used for long, and the least recently used of the others where
  /// they are too large together; returns how many.
  func evictArchives() throws -> Int {
    let oldest = now().addingTimeInterval(-limits.archiveRetention)
    let files = try HostFiles.names(in: archives).map { archives.appending($0) }
      .filter { $0.string.hasSuffix(Self.archiveSuffix) }
      .compactMap { path in FileTime.of(path).map { (path: path, time: $0) } }
      .sorted { $0.time > $1.time }
    var bytes: Int64 = 0
    var count = 0
    for file in files {
      bytes += try HostFiles.allocatedBytes(of: file.path)
      // Whoever has just asked for one is about to open it.
      let isFresh = now().timeIntervalSince(file.time) < Self.openingTime
      guard file.time < oldest || bytes > limits.archiveBytes, !isFresh else { continue }
      try HostFiles.removeFile(file.path)
      count += 1
    }
    return count
  }

  /// How long it may take a machine that is to start to open its archive.
  private static let openingTime: TimeInterval = 900

  /// Removes what a server left that ended while it made archives.
  static func removeUnfinished(in directory: FilePath) throws {
    for name in try HostFiles.names(in: directory) where !name.hasSuffix(archiveSuffix) {
      try HostFiles.removeFile(directory.appending(name))
    }
  }
}
