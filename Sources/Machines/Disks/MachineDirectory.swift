import Errors
import Glibc
import SystemPackage

/// The directory of one machine: its sockets, logs and overlays.
///
/// It belongs to the server. A confined QEMU may enter it, for its overlays, and make or replace
/// nothing in it: the server would follow a link that QEMU had put there.
struct MachineDirectory: Sendable {
  /// The directory.
  let path: FilePath
  /// The user that QEMU runs as, where it is not the server's.
  let owner: UInt32?

  var monitorSocket: FilePath { path.appending("qmp.sock") }
  var descriptorSocket: FilePath { path.appending("fd.sock") }
  var agentSocket: FilePath { path.appending("agent.sock") }
  var consoleSocket: FilePath { path.appending("console.sock") }
  var consoleLog: FilePath { path.appending("console.log") }
  var processLog: FilePath { path.appending("qemu.log") }
  var pidFile: FilePath { path.appending("qemu.pid") }
  /// Holds the id of what the machine runs for, where that is another than the directory's.
  var ownerFile: FilePath { path.appending("owner") }

  /// The file of an overlay.
  func overlay(_ number: Int) -> FilePath { path.appending("overlay-\(number).qcow2") }

  /// Makes the directory of a machine.
  ///
  /// Throws `SandlotError.alreadyExists` where there is one.
  static func make(id: String, in parent: FilePath, owner: UInt32?) throws -> MachineDirectory {
    let path = parent.appending(id)
    guard mkdir(path.string, 0o700) == 0 else {
      if errno == EEXIST { throw SandlotError(.alreadyExists, "The machine \(id) exists.") }
      throw HostFiles.failure("make", path)
    }
    if let owner {
      guard chown(path.string, geteuid(), owner) == 0, chmod(path.string, 0o710) == 0 else {
        let error = HostFiles.failure("set the owner of", path)
        rmdir(path.string)
        throw error
      }
    }
    return MachineDirectory(path: path, owner: owner)
  }

  /// Removes the directory and the files in it, whatever is there.
  func remove() {
    for name in (try? HostFiles.names(in: path)) ?? [] { unlink(path.appending(name).string) }
    rmdir(path.string)
  }

  /// Copies the logs of a machine that failed to where they outlive it.
  func saveLogs(to directory: FilePath, id: String) {
    try? HostFiles.makeDirectory(directory)
    for (source, kind) in [(consoleLog, "console"), (processLog, "qemu")] {
      try? HostFiles.copy(source, to: directory.appending("\(id).\(kind).log"))
    }
    Self.prune(directory)
  }

  /// Keeps the newest logs only: a machine that fails over and over must not fill the disk.
  private static func prune(_ directory: FilePath) {
    let paths = ((try? HostFiles.names(in: directory)) ?? []).map { directory.appending($0) }
    guard paths.count > 200 else { return }
    let aged = paths.map { path in
      var status = stat()
      return (path: path, time: stat(path.string, &status) == 0 ? status.st_mtim.tv_sec : 0)
    }
    for file in aged.sorted(by: { $0.time < $1.time }).dropLast(200) { unlink(file.path.string) }
  }
}
