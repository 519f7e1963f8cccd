import Errors
import Foundation
import Identifiers
import Store

extension Mounts {
  /// The environment of names that all environments share.
  public static let shared = ""

  /// Makes a mount without a name of files whose contents have been sent.
  ///
  /// It goes when nobody has used it for `MountLimits.mountRetention`. Throws `SandlotError`:
  /// `invalidArgument` for paths that cannot be, `failedPrecondition` where contents are missing,
  /// `resourceExhausted` where it is larger than the server takes.
  public func create(_ files: [MountedFile], appID: String? = nil) async throws -> MountInfo {
    let tree = try await keep(files)
    let row = MountRow(
      id: Identifier.make(.mount), digest: tree.digest, appID: appID, createdAt: now())
    try await store.insert(row)
    return MountInfo(id: row.id, digest: row.digest)
  }

  /// Makes a mount with a name, which stays.
  ///
  /// Throws what making one without throws, and `alreadyExists` where another one has the name and is
  /// not to be replaced.
  public func create(
    name: String, environment: String, _ files: [MountedFile], replacing: Bool = false
  ) async throws -> MountInfo {
    guard Self.isName(name) else {
      throw SandlotError(
        .invalidArgument, "'\(name.prefix(200))' cannot be the name of a mount.",
        hint: "A name has 1 to 128 letters, digits, '-', '_' and '.'.")
    }
    let tree = try await keep(files)
    let row = MountRow(
      id: Identifier.make(.mount), name: name, environment: environment, digest: tree.digest,
      createdAt: now())
    do {
      try await replacing ? store.replace(row) : store.insert(row)
    } catch let error as SandlotError where error.code == .alreadyExists {
      throw SandlotError(.alreadyExists, "The mount '\(name)' exists already.")
    }
    return MountInfo(id: row.id, digest: row.digest)
  }

  /// The mount of a name; a standalone Python is fetched where it is missing. Throws
  /// `SandlotError.notFound`.
  public func find(name: String, environment: String) async throws -> MountInfo {
    guard let row = try await store.mount(named: name, environment: environment) else {
      if environment == Self.shared, let python = StandalonePython(mountName: name) {
        return try await fetchOnce(python)
      }
      throw SandlotError(
        .notFound, "The mount '\(name)' does not exist on this server.",
        hint: environment == Self.shared ? nil : "Environment: '\(environment)'.")
    }
    return MountInfo(id: row.id, digest: row.digest)
  }

  /// Fetches a standalone Python once for all who ask for it meanwhile.
  private func fetchOnce(_ python: StandalonePython) async throws -> MountInfo {
    if let task = fetching[python.mountName] { return try await task.value }
    let task = Task { try await fetchPython(python) }
    fetching[python.mountName] = task
    defer { fetching[python.mountName] = nil }
    return try await task.value
  }

  /// Makes a tree of these files and all that it needs safe.
  private func keep(_ files: [MountedFile]) async throws -> FileTree {
    guard files.count <= limits.mountFiles else {
      throw SandlotError(
        .resourceExhausted,
        "A mount of \(files.count) files is larger than this server takes (\(limits.mountFiles)).",
        hint: "Leave some out with ignore=, or send an archive of them.")
    }
    let time = now()
    return try await offPool { [blobs, trees, limits] in
      let tree = try FileTree(Self.entries(of: files, in: blobs))
      guard tree.size <= limits.mountBytes else {
        throw SandlotError(
          .resourceExhausted,
          "A mount of \(tree.size) bytes is larger than this server takes (\(limits.mountBytes)).",
          hint: "Leave files out with ignore=, or raise the setting mount_limit.")
      }
      try blobs.keep(Set(tree.entries.map(\.sha256)))
      try trees.write(tree, at: time)
      return tree
    }
  }

  private static func entries(
    of files: [MountedFile], in blobs: BlobStore
  ) throws(SandlotError) -> [FileTree.Entry] {
    var entries: [FileTree.Entry] = []
    var missing: [String] = []
    for file in files {
      try check(file.sha256)
      guard blobs.contains(file.sha256), let size = blobs.size(of: file.sha256) else {
        missing.append(file.path)
        continue
      }
      entries.append(
        .init(path: file.path, sha256: file.sha256, mode: file.mode ?? 0o644, size: size))
    }
    guard missing.isEmpty else {
      throw SandlotError(
        .failedPrecondition,
        "The content of \(missing.count) of \(files.count) files of a mount is not on this server, "
          + "for example of '\(missing[0].prefix(200))'.",
        hint: "Run the program again, which sends it anew.")
    }
    return entries
  }

  private static func isName(_ text: String) -> Bool {
    (1...128).contains(text.utf8.count)
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) }
  }
}
