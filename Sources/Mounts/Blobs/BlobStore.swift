import Errors
import Foundation
import Glibc
import Machines
import SystemPackage

/// Contents of files, each once, named by their SHA-256.
///
/// What comes is hashed while it is written and gets its name when it is complete and right. It is
/// *loose* then: not yet safe against a power cut, and gone after a crash of the host. `keep` makes
/// it safe, which for many files at once costs little more than for one.
public struct BlobStore: Sendable {
  /// Where the contents are, below two letters of their names.
  private let kept: FilePath
  /// Contents that are complete and not yet safe; emptied when the server starts.
  private let loose: FilePath
  /// Files that are being written; emptied when the server starts.
  private let partial: FilePath
  private let now: @Sendable () -> Date

  /// A store in a directory that belongs to it alone; for the start of the server, when nothing is
  /// under way.
  public init(
    directory: FilePath, now: @escaping @Sendable () -> Date = { Date() }
  ) throws {
    kept = directory.appending("kept")
    loose = directory.appending("loose")
    partial = directory.appending("partial")
    self.now = now
    for directory in [kept, loose, partial] { try HostFiles.makeDirectory(directory) }
    for directory in [loose, partial] {
      for name in try HostFiles.names(in: directory) {
        try HostFiles.removeFile(directory.appending(name))
      }
    }
    for number in 0...255 {
      let name = HostFiles.hexadecimal([UInt8(number)])
      try HostFiles.makeDirectory(kept.appending(name))
    }
  }

  /// Whether a content is there; one that is counts as used now.
  public func contains(_ sha256: String) -> Bool {
    guard let path = path(of: sha256) else { return false }
    return FileTime.set(path, to: now())
  }

  /// The bytes of a content; nil where it is not there.
  public func size(of sha256: String) -> Int64? {
    guard let path = path(of: sha256) else { return nil }
    var status = stat()
    return stat(path.string, &status) == 0 ? Int64(status.st_size) : nil
  }

  /// Where a content is; nil where it is not there.
  public func path(of sha256: String) -> FilePath? {
    guard Self.isName(sha256) else { return nil }
    return [keptPath(sha256), loose.appending(sha256)].first(where: HostFiles.exists)
  }

  /// A file to write a content into.
  public func makeFile() throws -> BlobFile {
    try BlobFile(partial.appending(UUID().uuidString))
  }

  /// Takes a file that is written; returns what it is known by.
  ///
  /// Throws what `check` throws, and then the content is not taken.
  @discardableResult
  public func take(
    _ file: BlobFile, check: (BlobDigests) throws -> Void
  ) throws -> BlobDigests {
    let path = file.path
    do {
      let digests = try file.close()
      try check(digests)
      guard self.path(of: digests.sha256) == nil else {
        try HostFiles.removeFile(path)
        _ = contains(digests.sha256)
        return digests
      }
      try HostFiles.setPermissions(0o400, of: path)
      FileTime.set(path, to: now())
      try HostFiles.rename(path, to: loose.appending(digests.sha256))
      return digests
    } catch {
      try? HostFiles.removeFile(path)
      throw error
    }
  }

  /// Keeps bytes; returns what they are known by.
  @discardableResult
  public func put(
    _ bytes: [UInt8], check: (BlobDigests) throws -> Void = { _ in }
  ) throws -> BlobDigests {
    let file = try makeFile()
    do {
      try bytes.withUnsafeBytes { try file.append($0) }
    } catch {
      file.discard()
      throw error
    }
    return try take(file, check: check)
  }

  /// Takes a copy of a file; returns what it is known by.
  func copy(_ path: FilePath) throws -> BlobDigests {
    let file = try makeFile()
    do {
      try HostFiles.readChunks(of: path) { try file.append($0) }
    } catch {
      file.discard()
      throw error
    }
    return try take(file) { _ in }
  }

  /// Makes contents safe against a power cut. Throws `SandlotError.notFound` for one that is not
  /// there.
  public func keep(_ names: some Sequence<String>) throws {
    let fresh = names.filter { Self.isName($0) && HostFiles.exists(loose.appending($0)) }
    // First all are begun to be written; what is awaited then costs one turn of the disk's journal.
    for name in fresh { try FileTime.beginWriting(loose.appending(name)) }
    for name in fresh {
      do {
        try FileTime.sync(loose.appending(name))
        try HostFiles.rename(loose.appending(name), to: keptPath(name))
      } catch let error as SandlotError where error.code == .notFound {
        // Somebody else has just kept it.
        guard HostFiles.exists(keptPath(name)) else { throw error }
      }
    }
    for directory in Set(fresh.map { String($0.prefix(2)) }) {
      try FileTime.sync(kept.appending(directory))
    }
  }

  /// Removes contents that are not in `referenced` and were last used before `date`; returns how
  /// many.
  public func removeUnused(since date: Date, except referenced: Set<String>) throws -> Int {
    var count = 0
    let directories = try HostFiles.names(in: kept).map { kept.appending($0) } + [loose]
    for directory in directories {
      for name in try HostFiles.names(in: directory) where !referenced.contains(name) {
        let path = directory.appending(name)
        guard let time = FileTime.of(path), time < date else { continue }
        try HostFiles.removeFile(path)
        count += 1
      }
    }
    for name in try HostFiles.names(in: partial) {
      let path = partial.appending(name)
      guard let time = FileTime.of(path), time < date else { continue }
      try HostFiles.removeFile(path)
    }
    return count
  }

  /// Whether this can be the name of a content: 64 lower-case hexadecimal digits.
  package static func isName(_ text: String) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }

  private func keptPath(_ name: String) -> FilePath {
    kept.appending(String(name.prefix(2))).appending(name)
  }
}
