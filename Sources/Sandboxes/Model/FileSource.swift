import Errors
import SystemPackage

/// Where sandboxes get the local files that clients have sent for them.
public protocol FileSource: Sendable {
  /// Checks that mounts exist, which are not removed for some time then.
  ///
  /// Throws `SandlotError.notFound` naming one that does not.
  func requireMounts(_ ids: [String]) async throws

  /// A squashfs with the files of some mounts at their paths; where two have a path, the later
  /// mount's file is taken.
  ///
  /// Throws `SandlotError`: `notFound` for an unknown mount, `invalidArgument` where a file of one
  /// would have to be a directory of another.
  func archive(ofMounts ids: [String]) async throws -> FilePath
}
