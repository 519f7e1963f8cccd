import Errors
import Machines
import SystemPackage

extension Mounts {
  private static let bash = Tool("bash", package: "bash")

  /// Compressed or not, a tar says so in its first header.
  private static let check = """
    [ "$(bsdcat "$1" 2>/dev/null | head -c 262 | tail -c 5 | tr -d '\\0')" = ustar ] && echo tar
    exit 0
    """

  /// Owners, modes, times and attributes are those of the archive. It only passes through: what is in
  /// it is written nowhere but into the squashfs, whose size has a limit.
  private static let unpack = """
    set -o pipefail
    ulimit -f "$3"
    bsdtar --format=pax -cf - "@$1" | sqfstar -quiet -no-progress -noI -noD -noF -noX \
    -b 1M -mem 256M "$2"
    """

  /// A squashfs with what a file of a client's has in it; nil where the file is no tar archive. It may
  /// be compressed.
  ///
  /// Throws `SandlotError`: `invalidArgument` for an archive that is broken or too large.
  public func archive(unpacking file: FileTree.Entry) async throws -> FilePath? {
    for tool in [Tool.bsdtar, Tool("sqfstar", package: "squashfs-tools")] where tool.locate() == nil
    {
      throw tool.missing
    }
    guard let content = blobs.path(of: file.sha256) else {
      throw SandlotError(
        .notFound, "The content of '\(file.path)' is not on this server any more.",
        hint: "Run the program again, which sends its local files anew.")
    }
    let kind = try await Self.bash.run(["-c", Self.check, "sandlot", content.string])
    guard kind.standardOutput.contains("tar") else { return nil }
    let key = "unpacked-\(file.sha256)"
    let path = archives.appending(key + ".squashfs")
    if let making = making[key] { return try await making.value }
    if FileTime.set(path, to: now()) { return path }
    let limit = limits.archiveBytes
    let task = Task {
      let partial = FilePath(path.string + ".partial")
      defer { try? HostFiles.removeFile(partial) }
      try HostFiles.removeFile(partial)
      do {
        _ = try await Self.bash.run(
          ["-c", Self.unpack, "sandlot", content.string, partial.string, "\(limit >> 10)"])
      } catch let error as SandlotError {
        throw SandlotError(
          .invalidArgument,
          "The archive '\(file.path)' cannot be unpacked in \(limit >> 20) MiB: \(error.message)")
      }
      try HostFiles.setPermissions(0o444, of: partial)
      try HostFiles.rename(partial, to: path)
      return path
    }
    making[key] = task
    defer { making[key] = nil }
    return try await task.value
  }
}
