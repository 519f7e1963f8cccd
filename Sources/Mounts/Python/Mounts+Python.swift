import Errors
import Foundation
import Machines
import SystemPackage

/// A standalone Python that was imported.
public struct ImportedPython: Sendable, Equatable {
  /// The name of its mount.
  public var name: String
  /// Its mount.
  public var mount: MountInfo
  /// How many files it has.
  public var files: Int
  /// The bytes of all files together.
  public var bytes: Int64
}

extension Mounts {
  /// Makes the mount of a standalone Python of its archive, in place of an earlier one: its files below
  /// `/python`, as the SDK copies them from there.
  ///
  /// Throws `SandlotError.invalidArgument` where the archive is none of a standalone Python.
  public func importPython(_ archive: FilePath, name: String) async throws -> ImportedPython {
    guard StandalonePython(mountName: name) != nil else {
      throw SandlotError(
        .invalidArgument, "'\(name)' is not the name of the mount of a standalone Python.",
        hint: "It is like python-build-standalone.20240107.3.12.1-gnu.")
    }
    return try await HostFiles.withDirectory(in: scratch) { directory in
      do {
        try await Tool.bsdtar.run([
          "-xf", archive.string, "-C", directory.string, "--no-same-owner", "--no-xattrs",
          "--no-acls", "--no-fflags",
        ])
      } catch let error as SandlotError where error.code == .internal {
        throw SandlotError(
          .invalidArgument, "The archive cannot be unpacked: \(error.message)",
          hint: "Download it again; its SHA-256 stands beside it.")
      }
      let files = try await offPool { [blobs] in
        try UnpackedTree(root: directory).files().map { file in
          let content = try blobs.copy(file.path)
          return MountedFile(path: file.name, sha256: content.sha256, mode: file.mode)
        }
      }
      guard files.contains(where: { $0.path.hasPrefix("/python/bin/python3") }) else {
        throw SandlotError(
          .invalidArgument, "The archive has no python/bin/python3.",
          hint: "Give one whose name ends with install_only.tar.gz.")
      }
      let mount = try await create(
        name: name, environment: Self.shared, files, replacing: true)
      let tree = try trees.read(mount.digest)
      return ImportedPython(name: name, mount: mount, files: files.count, bytes: tree.size)
    }
  }

  /// Fetches a standalone Python that is not here and imports it.
  ///
  /// Throws `SandlotError.notFound`, which says what to import and how, where that cannot be done.
  func fetchPython(_ python: StandalonePython) async throws -> MountInfo {
    let archive = python.archiveName
    let url = "\(pythonMirror)/\(python.release)/\(archive.replacing("+", with: "%2B"))"
    return try await HostFiles.withDirectory(in: scratch) { directory in
      let file = directory.appending("archive")
      do {
        guard !pythonMirror.isEmpty else {
          throw SandlotError(.notFound, "python_mirror is empty.")
        }
        try await Self.curl.run([
          "--fail", "--silent", "--show-error", "--location", "--connect-timeout", "10",
          "--max-time", "600", "--output", file.string, url,
        ])
      } catch let error as SandlotError {
        throw SandlotError(
          .notFound,
          "The standalone Python \(python.version) of \(python.release) is not on this server and "
            + "cannot be fetched: \(error.message)",
          hint: "Download \(url) elsewhere and run: sandlot image python-import \(archive)")
      }
      return try await importPython(file, name: python.mountName).mount
    }
  }

  private static let curl = Tool("curl", package: "curl")
}
