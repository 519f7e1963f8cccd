import Errors
import Machines
import SystemPackage

extension Mounts {
  private static let bash = Tool("bash", package: "bash")

  /// The first bytes of what is in a file that may be compressed, as numbers.
  private static let begin = """
    bsdcat "$1" 2>/dev/null | head -c "$2" | od -An -v -tu1
    exit 0
    """

  /// Owners, modes, times and attributes are those of the archive. It only passes through: what is in
  /// it is written nowhere but into the squashfs. Content is counted as well, since a squashfs of
  /// nothing but zeros has no size. A hard link to what is not there makes sqfstar crash.
  private static let unpack = """
    set -o pipefail
    ulimit -f "$(($3 >> 10))"
    limited() { head -c "$1"; [ "$(head -c 1 | wc -c)" = 0 ]; }
    bsdcat "$1" | limited "$3" | sqfstar -quiet -no-progress -noI -noD -noF -noX -root-mode 0755 \
    -b 128K -mem 256M "$2"
    status=("${PIPESTATUS[@]}")
    [ "${status[1]}" = 0 ] || echo "it has more than $3 bytes" >&2
    [ "${status[2]}" != 139 ] || echo "a hard link in it leads to no file of it" >&2
    [ "${status[*]}" = "0 0 0" ]
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
    let begin = try await Self.bash.run(
      ["-c", Self.begin, "sandlot", content.string, "\(TarHeader.size)"])
    guard
      TarHeader.begins(
        begin.standardOutput.split(whereSeparator: \.isWhitespace).compactMap { UInt8($0) })
    else { return nil }
    let key = "unpacked-\(file.sha256)"
    let path = archives.appending(key + ".squashfs")
    if let making = making[key] { return try await making.value }
    if FileTime.set(path, to: now()) { return path }
    let limit = min(limits.archiveBytes, limits.mountBytes)
    let task = Task {
      let partial = FilePath(path.string + ".partial")
      defer { try? HostFiles.removeFile(partial) }
      try HostFiles.removeFile(partial)
      do {
        _ = try await Self.bash.run(
          ["-c", Self.unpack, "sandlot", content.string, partial.string, "\(limit)"])
      } catch let error as SandlotError {
        throw SandlotError(
          .invalidArgument,
          "The archive '\(file.path)' cannot be unpacked: \(Self.reason(error))",
          hint: "It may hold \(limit >> 20) MiB, and each path only once.")
      }
      try HostFiles.setPermissions(0o444, of: partial)
      try await offPool { try FileTime.sync(partial) }
      try HostFiles.rename(partial, to: path)
      return path
    }
    making[key] = task
    defer { making[key] = nil }
    return try await task.value
  }

  /// The last line of what the tools said.
  private static func reason(_ error: SandlotError) -> String {
    error.message.split(separator: "\n").last.map(String.init) ?? error.message
  }
}
