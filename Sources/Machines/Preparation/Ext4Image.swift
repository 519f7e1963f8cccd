import SystemPackage

/// Root disks as they are made: an ext4 file system in a sparse file, converted to qcow2.
package enum Ext4Image {
  /// Makes a sparse file with an ext4 file system, empty or with what is in a directory.
  package static func make(
    at disk: FilePath, size: Int64, from tree: FilePath? = nil
  ) async throws {
    try HostFiles.makeSparse(disk, size: size)
    try await Tool.mke2fs.run(
      ["-q", "-t", "ext4", "-L", "root"] + (tree.map { ["-d", $0.string] } ?? []) + [
        // All of it for the user; one inode per 64 KiB is a million, a quarter of the default's
        // tables; a small journal wraps early, so that overlays and snapshots stay small.
        "-m", "0", "-i", "65536", "-J", "size=64",
        // Tables marked as zeroed, which a sparse file is for nothing: otherwise the guest's kernel
        // goes and writes zeros in the background.
        "-E", "lazy_itable_init=0,lazy_journal_init=1,nodiscard",
        disk.string,
      ])
  }

  /// Converts a sparse file to qcow2; its holes take nothing.
  package static func convert(_ disk: FilePath, to image: FilePath) async throws {
    try await Tool.qemuImg.run(["convert", "-O", "qcow2", disk.string, image.string])
  }
}
