import SystemPackage

/// A kernel that is ready to boot, with its modules.
struct Kernel: Sendable, Equatable {
  /// An uncompressed vmlinux where one could be had, else a bzImage.
  let image: FilePath
  /// What `uname -r` says in the guest.
  let version: String
  /// The directory that holds `modules.dep`; its name is the version.
  let modules: FilePath
  /// Changes whenever the image or the modules do.
  let identity: String
}
