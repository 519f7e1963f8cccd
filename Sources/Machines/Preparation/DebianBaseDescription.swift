import SystemPackage

/// What a Debian base image holds.
public struct DebianBaseDescription: Sendable, Equatable {
  /// Debian's release and point release, as `12.15`.
  public var debianVersion: String
  /// Python's version without Debian's revision, as `3.11.2`; nil without Python.
  public var pythonVersion: String?
  /// What the qcow2 file takes on disk, in bytes.
  public var imageBytes: Int64
}

extension DebianBase {
  func describe(_ tree: FilePath, image: FilePath) throws -> DebianBaseDescription {
    let release = try HostFiles.text(at: tree.appending("etc/debian_version"))
    let status = try HostFiles.text(at: tree.appending("var/lib/dpkg/status"))
    return DebianBaseDescription(
      debianVersion: String(release.prefix { !$0.isNewline }),
      pythonVersion: pythonName(in: tree).flatMap { version(of: $0, in: status) },
      imageBytes: try HostFiles.allocatedBytes(of: image))
  }

  /// The upstream part of a package's version in dpkg's status file.
  private func version(of package: String, in status: String) -> String? {
    let lines = status.split(separator: "\n", omittingEmptySubsequences: false)
    guard let start = lines.firstIndex(where: { $0 == "Package: \(package)" }) else {
      return nil
    }
    let paragraph = lines[start...].prefix { !$0.isEmpty }
    let field = paragraph.first { $0.hasPrefix("Version: ") }
    return field.map { String($0.dropFirst(9).prefix { $0 != "-" && $0 != "+" }) }
  }
}
