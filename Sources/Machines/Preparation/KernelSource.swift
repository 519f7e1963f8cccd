import SystemPackage

/// Where the guests' kernel comes from.
public enum KernelSource: Sendable, Equatable {
  /// A Debian package, or one that depends on the newest kernel package; downloaded and unpacked,
  /// never installed.
  case debianPackage(String)
  /// The operator's kernel, a bzImage or an uncompressed vmlinux.
  ///
  /// `modules` is the directory that holds its `modules.dep`; `/lib/modules/<version>` when nil.
  case file(FilePath, modules: FilePath?)

  /// Debian's kernel for cloud machines: small, with all virtio drivers.
  public static let debianCloud = KernelSource.debianPackage("linux-image-cloud-amd64")
}
