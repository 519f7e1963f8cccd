import Errors
import Foundation
import SystemPackage

/// The layout of a server's data directory.
public struct DataDirectory: Sendable {
  /// The directory itself.
  public let root: FilePath

  /// A layout below `path`.
  public init(_ path: String) { root = FilePath(path) }

  /// The database.
  public var database: FilePath { root.appending("sandlot.sqlite") }
  /// Kernel, initramfs, modules disk and base image.
  public var preparation: FilePath { root.appending("prepared") }
  /// The read-only disk layers of images.
  public var layers: FilePath { root.appending("layers") }
  /// The local files that clients have sent.
  public var files: FilePath { root.appending("files") }
  /// The logs of image builds.
  public var builds: FilePath { root.appending("builds") }
  /// What sandboxes' entrypoints wrote, and what became of them; also of finished ones.
  public var logs: FilePath { root.appending("logs") }
  /// The output of execs.
  public var spools: FilePath { root.appending("spools") }
  /// Blobs of registries' images, and images that are being unpacked.
  public var registry: FilePath { root.appending("registry") }
  /// What machines are restored from.
  public var templates: FilePath { root.appending("templates") }
  /// A directory for each running machine.
  public var machines: FilePath { root.appending("machines") }
  /// The operator's own tokens, for as long as a server serves with them.
  public var servingCredentials: FilePath { secrets.appending("serving") }
  /// The console logs of machines that failed: what guests print may be anybody's secret.
  public var console: FilePath { root.appending("console") }
  /// Keys and tokens; readable by the server alone.
  public var secrets: FilePath { root.appending("secrets") }
  /// The log of a server that runs detached.
  public var log: FilePath { root.appending("server.log") }
  /// Held locked as long as a server uses the directory.
  public var lock: FilePath { root.appending("server.lock") }
  /// What `ServerState` holds.
  public var state: FilePath { root.appending("server.json") }

  /// Makes the directories that are missing.
  ///
  /// Throws `failedPrecondition` where the server may not write there. Other users pass through on
  /// the way to their machine's own directory and see nothing else.
  public func create() throws {
    try make(root, mode: 0o711)
    for directory in [preparation, layers, machines, files] { try make(directory, mode: 0o711) }
    for directory in [registry, builds, logs, spools, secrets, console, templates] {
      try make(directory, mode: 0o700)
      // One that exists already keeps its mode otherwise.
      chmod(directory.string, 0o700)
    }
    guard access(root.string, W_OK) == 0 else { throw unwritable(root, errno) }
  }

  private func make(_ path: FilePath, mode: Int) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: path.string, withIntermediateDirectories: true,
        attributes: [.posixPermissions: mode])
    } catch {
      throw unwritable(path, errno)
    }
  }

  private func unwritable(_ path: FilePath, _ code: Int32) -> SandlotError {
    SandlotError(
      .failedPrecondition,
      "The data directory \(root) cannot be used: \(path): \(String(cString: strerror(code))).",
      hint: "Run as a user who may write there, or choose another with --data-directory.")
  }
}

extension DataDirectory {
  /// What is free on its file system for this user, in MiB.
  var freeMiB: Int? {
    var status = statvfs()
    guard statvfs(root.string, &status) == 0 else { return nil }
    return (Int(status.f_bavail) * Int(status.f_frsize)) >> 20
  }
}
