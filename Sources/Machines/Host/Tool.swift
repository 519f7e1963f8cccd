import Errors
import SystemPackage

/// A program of the host that Sandlot runs for a short job, and the Debian package it comes from.
public struct Tool: Sendable, Hashable {
  /// The name that is looked up in `PATH`, or an absolute path.
  public let name: String
  /// The Debian package that provides it, named in the error when it is missing.
  public let package: String

  /// Describes a program; nothing is looked up before it runs.
  public init(_ name: String, package: String) {
    self.name = name
    self.package = package
  }

  /// Where the program is, or nil when it is not installed.
  public func locate() -> FilePath? {
    if name.hasPrefix("/") {
      return HostFiles.isExecutable(FilePath(name)) ? FilePath(name) : nil
    }
    for folder in Self.searchPath.split(separator: ":") where folder.hasPrefix("/") {
      let candidate = FilePath(String(folder)).appending(name)
      if HostFiles.isExecutable(candidate) { return candidate }
    }
    return nil
  }

  /// The error that says that the program is missing and how to install it.
  public var missing: SandlotError {
    SandlotError(
      .failedPrecondition, "\(name) is not installed.",
      hint: "Run: apt-get install \(package)")
  }

  /// The caller's `PATH` plus the system folders, which an ordinary user's `PATH` lacks although
  /// depmod, mke2fs and nft are there.
  static var searchPath: String {
    let standard = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    guard let inherited = HostEnvironment.value("PATH"), !inherited.isEmpty else { return standard }
    return inherited + ":" + standard
  }
}

extension Tool {
  static let aptCache = Tool("apt-cache", package: "apt")
  static let aptGet = Tool("apt-get", package: "apt")
  package static let bsdtar = Tool("bsdtar", package: "libarchive-tools")
  static let chroot = Tool("chroot", package: "coreutils")
  static let depmod = Tool("depmod", package: "kmod")
  static let dnsmasq = Tool("dnsmasq", package: "dnsmasq-base")
  static let dpkgDeb = Tool("dpkg-deb", package: "dpkg")
  static let gzip = Tool("gzip", package: "gzip")
  static let ip = Tool("ip", package: "iproute2")
  static let lz4 = Tool("lz4", package: "lz4")
  static let mke2fs = Tool("mke2fs", package: "e2fsprogs")
  static let mksquashfs = Tool("mksquashfs", package: "squashfs-tools")
  static let mmdebstrap = Tool("mmdebstrap", package: "mmdebstrap")
  static let nft = Tool("nft", package: "nftables")
  static let qemuImg = Tool("qemu-img", package: "qemu-utils")
  static let remove = Tool("rm", package: "coreutils")
  static let unshare = Tool("unshare", package: "util-linux")
  static let xz = Tool("xz", package: "xz-utils")
  static let zstd = Tool("zstd", package: "zstd")
}
