import SystemPackage

/// A read-only disk of files beside a machine's root: what a build copies from, and what a sandbox
/// gets delivered.
public enum FilesDisk: Sendable, Equatable {
  /// A squashfs file, not empty.
  case archive(FilePath)
  /// The disk layers of an image, base first; qcow2 with an ext4 inside, never empty.
  case layers([FilePath])

  /// Where its file system is mounted in the guest.
  public static let directory = "/__modal/.files"

  /// The files that QEMU reads it from, base first.
  var files: [FilePath] {
    switch self {
    case .archive(let file): [file]
    case .layers(let files): files
    }
  }

  /// Its file system's name for mount(2).
  var filesystem: String {
    switch self {
    case .archive: "squashfs"
    case .layers: "ext4"
    }
  }
}
