import Errors
import SystemPackage

/// A kernel package of Debian, fetched by apt and unpacked beside everything else of ours.
struct KernelPackage: Sendable {
  /// The package to fetch, or one that depends on it.
  let name: String
  let onProgress: PreparationProgressHandler

  /// Unpacks the package into `directory`.
  /// - Returns: The path of its vmlinuz.
  func unpack(into directory: FilePath) async throws -> FilePath {
    let package = try await resolve()
    report("downloading \(package)")
    try await download(package, into: directory)
    guard let archive = try HostFiles.names(in: directory).first(where: { $0.hasSuffix(".deb") })
    else { throw SandlotError(.internal, "apt-get download left no file for \(package).") }
    report("unpacking \(archive)")
    try await Tool.dpkgDeb.run(["-x", directory.appending(archive).string, directory.string])
    try HostFiles.removeFile(directory.appending(archive))
    let boot = directory.appending("boot")
    guard let image = try HostFiles.names(in: boot).first(where: { $0.hasPrefix("vmlinuz-") })
    else { throw SandlotError(.failedPrecondition, "The package \(package) holds no kernel.") }
    return boot.appending(image)
  }

  /// The package with the files, which a package like linux-image-cloud-amd64 only depends on.
  private func resolve() async throws -> String {
    if let package = try await dependency() { return package }
    try await updateLists()
    if let package = try await dependency() { return package }
    throw SandlotError(
      .failedPrecondition, "apt knows no package \(name).",
      hint: "Run: apt-get update, or set the path of a kernel file.")
  }

  private func dependency() async throws -> String? {
    do {
      let output = try await Tool.aptCache.run(["show", "--no-all-versions", name])
      let fields = output.standardOutput.split(separator: "\n")
      let depends = fields.first { $0.hasPrefix("Depends:") }?.dropFirst("Depends:".count)
      let packages = depends?.split(separator: ",").compactMap { $0.split(separator: " ").first }
      let kernel = packages?.first { $0.hasPrefix("linux-image-") }
      return kernel.map(String.init) ?? name
    } catch let error as SandlotError where error.code == .internal {
      return nil
    }
  }

  private func download(_ package: String, into directory: FilePath) async throws {
    // As root, apt would drop to a user of its own that may not write here, and complain.
    let arguments = ["-q", "-o", "APT::Sandbox::User=root", "download", package]
    do {
      try await Tool.aptGet.run(arguments, in: directory)
    } catch let error as SandlotError where error.code == .internal && HostEnvironment.isRoot {
      // Lists that are older than the mirror's last update name files that are gone.
      try await updateLists()
      try await Tool.aptGet.run(arguments, in: directory)
    }
  }

  private func updateLists() async throws {
    guard HostEnvironment.isRoot else { return }
    report("updating apt's package lists")
    try await Tool.aptGet.run(["-q", "update"])
  }

  private func report(_ detail: String) {
    onProgress(PreparationProgress(.kernel, detail))
  }
}
