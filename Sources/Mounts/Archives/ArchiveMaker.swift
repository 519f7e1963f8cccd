import Errors
import Machines
import SystemPackage

/// Makes squashfs files of trees.
struct ArchiveMaker: Sendable {
  private static let bash = Tool("bash", package: "bash")
  private static let sqfstar = Tool("sqfstar", package: "squashfs-tools")

  /// Contents are not compressed, since they are read far more often than written and mostly cost more
  /// time than disk. The first read of a file costs the kernel (6.1) work for a whole block, however
  /// small the file is: with blocks of 1 MiB, 10,000 small files took 40 s in an emulated machine.
  private static let script = """
    set -o pipefail
    bsdtar --format=pax -cf - "@$1" | sqfstar -quiet -no-progress -noI -noD -noF -noX -no-xattrs \
    -b 128K -mem 256M "$2"
    """

  /// The age of all files, in seconds since 1970: clients do not send theirs, and archives of the
  /// oldest kinds hold none from before 1980.
  private static let time = 1_000_000_000

  let blobs: BlobStore

  /// Makes the archive; nothing is at `path` before it is complete and safe on the disk.
  func make(_ tree: FileTree, at path: FilePath) async throws {
    for tool in [Tool.bsdtar, Self.sqfstar] where tool.locate() == nil { throw tool.missing }
    let specification = FilePath(path.string + ".mtree")
    let partial = FilePath(path.string + ".partial")
    defer {
      try? HostFiles.removeFile(specification)
      try? HostFiles.removeFile(partial)
    }
    try HostFiles.write(
      MtreeEntry.text(of: try entries(of: tree), time: Self.time), to: specification)
    try HostFiles.removeFile(partial)
    try await Self.bash.run(
      ["-c", Self.script, "sandlot", specification.string, partial.string])
    try HostFiles.setPermissions(0o444, of: partial)
    try await offPool { try FileTime.sync(partial) }
    try HostFiles.rename(partial, to: path)
  }

  private func entries(of tree: FileTree) throws -> [MtreeEntry] {
    try tree.directories.map { .directory(String($0.dropFirst())) }
      + tree.entries.map { file in
        guard let content = blobs.path(of: file.sha256) else {
          throw SandlotError(
            .notFound, "The content of '\(file.path)' is not on this server any more.",
            hint: "Run the program again, which sends its local files anew.")
        }
        return .file(
          String(file.path.dropFirst()), mode: "0" + String(file.mode, radix: 8), content: content)
      }
  }
}
