import Errors
import SystemPackage

/// Makes a base image out of Debian packages: an ext4 root in a qcow2 file.
///
/// It stands in for `python:3.11-slim-bookworm` where no registry can be reached, and holds the
/// compilers as well, so that the steps of the SDK's default image find their work done.
public struct DebianBase: Sendable {
  /// Debian's release.
  public var suite: String
  /// The package mirror; the security archive is taken from the same address plus `-security`.
  public var mirror: String
  /// The size of the file system, in bytes; the file itself is sparse.
  public var size: Int64
  /// The packages beside the essential ones, apt among them.
  public var packages: [String]
  /// Told what is being done.
  public var onProgress: PreparationProgressHandler

  /// Describes a base image; nothing is done before `build(to:)`.
  public init(
    suite: String = "bookworm", mirror: String = "http://deb.debian.org/debian",
    size: Int64 = 64 << 30, packages: [String] = DebianBase.pythonPackages,
    onProgress: @escaping PreparationProgressHandler = { _ in }
  ) {
    self.suite = suite
    self.mirror = mirror
    self.size = size
    self.packages = packages
    self.onProgress = onProgress
  }

  /// Python with all that building its packages takes, and the tools to make and mount file systems.
  public static let pythonPackages = [
    "build-essential", "ca-certificates", "e2fsprogs", "gcc", "gfortran", "mount", "netbase",
    "procps", "python3", "python3-dev", "python3-pip", "python3-venv", "python3-wheel", "tzdata",
  ]

  /// Builds the image and puts it, read-only, at `output` in one step.
  ///
  /// Takes about a minute and, beside `output`, three times the image's size while it works.
  /// - Throws: `SandlotError` without root, without the tools or Debian's keys, when a package
  ///   cannot be fetched, and when the disk is full; nothing is left behind then.
  public func build(to output: FilePath) async throws -> DebianBaseDescription {
    try checkHost()
    let name = output.lastComponent?.string ?? "base"
    let work = output.removingLastComponent().appending(".\(name).new")
    try await HostFiles.removeTree(work)
    try HostFiles.makeDirectory(work)
    do {
      let description = try await build(in: work, to: output)
      try await HostFiles.removeTree(work)
      return description
    } catch {
      try? await HostFiles.removeTree(work)
      throw error
    }
  }

  private func build(in work: FilePath, to output: FilePath) async throws -> DebianBaseDescription {
    let tree = work.appending("tree")
    try await install(into: tree)
    report("finishing the root tree")
    try await finish(tree)
    let disk = work.appending("disk.ext4")
    report("making the file system")
    try await Ext4Image.make(at: disk, size: size, from: tree)
    let image = work.appending("disk.qcow2")
    report("converting to qcow2")
    try await Ext4Image.convert(disk, to: image)
    try HostFiles.setPermissions(0o444, of: image)
    let description = try describe(tree, image: image)
    try HostFiles.rename(image, to: output)
    report(
      "done: Debian \(description.debianVersion), Python \(description.pythonVersion ?? "none")")
    return description
  }

  private func checkHost() throws {
    guard HostEnvironment.isRoot else {
      throw SandlotError(
        .failedPrecondition, "Making the base image needs root: it holds other users' files.",
        hint: "Run it once as root: sudo sandlot up")
    }
    for tool in [Tool.mmdebstrap, .mke2fs, .qemuImg] where tool.locate() == nil {
      throw tool.missing
    }
    guard HostFiles.exists("/usr/share/keyrings/debian-archive-keyring.gpg") else {
      throw SandlotError(
        .failedPrecondition, "Debian's archive keys are not installed.",
        hint: "Run: apt-get install debian-archive-keyring")
    }
  }

  func report(_ detail: String) {
    onProgress(PreparationProgress(.baseImage, detail))
  }
}
