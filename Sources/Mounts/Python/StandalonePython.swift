import Errors

/// A build of CPython that runs anywhere, as the SDK names it: `add_python=` puts one into an image.
public struct StandalonePython: Sendable, Equatable {
  private static let prefix = "python-build-standalone."

  /// The release of the builds, a date such as `20240107`.
  public let release: String
  /// The version, such as `3.12.1`, or `3.14.9t` without the interpreter's lock.
  public let version: String
  /// The C library: `gnu` or `musl`.
  public let libc: String

  /// Reads the name of a mount, such as `python-build-standalone.20240107.3.12.1-gnu`; nil where it is
  /// none of such a build.
  public init?(mountName: String) {
    guard mountName.hasPrefix(Self.prefix) else { return nil }
    let rest = mountName.dropFirst(Self.prefix.count)
    guard let match = rest.wholeMatch(of: /(\d{8})\.(\d+\.\d+\.\w+)(?:-(gnu|musl))?/) else {
      return nil
    }
    (release, version) = (String(match.1), String(match.2))
    libc = match.3.map(String.init) ?? "gnu"
  }

  /// Reads the name of an archive, such as
  /// `cpython-3.12.1+20240107-x86_64-unknown-linux-gnu-install_only.tar.gz`. Throws
  /// `SandlotError.invalidArgument`.
  public init(archiveName: String) throws(SandlotError) {
    let pattern =
      /cpython-(\d+\.\d+\.\w+)\+(\d{8})-x86_64(?:_v\d)?-unknown-linux-(gnu|musl)(-freethreaded)?-install_only(?:_stripped)?\.tar\.(?:gz|zst)/
    guard let match = archiveName.wholeMatch(of: pattern) else {
      throw SandlotError(
        .invalidArgument,
        "'\(archiveName)' is not the name of a standalone Python for x86-64 Linux, such as "
          + "cpython-3.12.1+20240107-x86_64-unknown-linux-gnu-install_only.tar.gz.",
        hint: "Give the file that name, or say the mount's with --name.")
    }
    release = String(match.2)
    version = String(match.1) + (match.4 == nil ? "" : "t")
    libc = String(match.3)
  }

  /// The name of its mount.
  public var mountName: String { "\(Self.prefix)\(release).\(version)-\(libc)" }

  /// The name of its archive.
  public var archiveName: String {
    let isFree = version.hasSuffix("t")
    return "cpython-\(isFree ? String(version.dropLast()) : version)+\(release)"
      + "-x86_64-unknown-linux-\(libc)\(isFree ? "-freethreaded" : "")-install_only.tar.gz"
  }
}
