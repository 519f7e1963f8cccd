import Errors
import Foundation
import Identifiers
import Logging
import Machines
import Store
import SystemPackage

/// The files that clients send: contents, the mounts that they make of them, and the archives in which
/// machines get them.
public actor Mounts {
  public nonisolated let blobs: BlobStore
  public nonisolated let limits: MountLimits
  let store: Store
  let trees: TreeFiles
  let archives: FilePath
  /// Where archives are unpacked; emptied when the server starts.
  let scratch: FilePath
  /// Where standalone Pythons are fetched from; empty for nowhere.
  let pythonMirror: String
  /// Standalone Pythons that are being fetched, by the name of their mount.
  var fetching: [String: Task<MountInfo, any Error>] = [:]
  let now: @Sendable () -> Date
  let logger: Logger
  /// Archives that are being made, by the digest of their tree.
  var making: [String: Task<FilePath, any Error>] = [:]

  /// Mounts in an existing directory that belongs to them alone; for the start of the server, when
  /// nothing is under way.
  public init(
    store: Store, directory: FilePath, limits: MountLimits = MountLimits(),
    pythonMirror: String = "",
    logger: Logger, now: @escaping @Sendable () -> Date = { Date() }
  ) throws {
    self.store = store
    self.limits = limits
    self.logger = logger
    self.now = now
    blobs = try BlobStore(directory: directory.appending("contents"), now: now)
    trees = try TreeFiles(directory: directory.appending("trees"))
    archives = directory.appending("archives")
    scratch = directory.appending("scratch")
    self.pythonMirror = pythonMirror
    try? FileManager.default.removeItem(atPath: scratch.string)
    try HostFiles.makeDirectory(scratch)
    try HostFiles.makeDirectory(archives)
    // Machines run as other users and get to see archives alone.
    for name in ["contents", "trees", "scratch"] {
      try HostFiles.setPermissions(0o700, of: directory.appending(name))
    }
    try HostFiles.setPermissions(0o711, of: archives)
    try Self.removeUnfinished(in: archives)
  }

  /// The files of a mount, which counts as used now. Throws `SandlotError.notFound`.
  public func tree(of mountID: String) async throws -> FileTree {
    let digest = try await use(mountID)
    return try await offPool { [trees] in try trees.read(digest) }
  }

  /// Says that a mount is used; returns the digest of its files. Throws `SandlotError.notFound`.
  @discardableResult
  public func use(_ mountID: String) async throws -> String {
    guard let row = try await store.useMount(id: mountID, at: now()) else {
      throw Self.unknown(mountID)
    }
    return row.digest
  }

  /// A tree of small files that a request carries; a name that is not absolute means one below `/`.
  public func tree(inline files: [(name: String, data: [UInt8])]) async throws -> FileTree {
    var entries: [FileTree.Entry] = []
    for (name, data) in files {
      let digests = try await offPool { [blobs] in try blobs.put(data) }
      entries.append(
        .init(
          path: name.hasPrefix("/") ? name : "/" + name, sha256: digests.sha256, mode: 0o644,
          size: digests.size))
    }
    return try FileTree(entries)
  }

  /// All files of some mounts as one tree; where two have a path, the later mount's file is taken.
  public func tree(merging mountIDs: [String]) async throws -> FileTree {
    var entries: [FileTree.Entry] = []
    for id in mountIDs { entries += try await tree(of: id).entries }
    return try FileTree(entries)
  }

  static func unknown(_ id: String) -> SandlotError {
    SandlotError(
      .notFound, "The mount '\(id)' does not exist.",
      hint: "Run the program again, which sends its local files anew.")
  }
}
