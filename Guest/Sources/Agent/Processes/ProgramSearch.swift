import CLinux
import Glibc

/// Where a program may be, in the order in which it is tried.
package struct ProgramSearch {
  /// Where a program is looked for when the environment has no PATH.
  package static let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  /// The name as it was given.
  package let name: String
  /// The paths to try.
  package let candidates: [String]
  private let workingDirectory: String

  /// - Parameters:
  ///   - path: the value of PATH; an empty directory in it is the working directory.
  ///   - workingDirectory: what relative paths are relative to.
  package init(name: String, path: String?, workingDirectory: String) {
    self.name = name
    self.workingDirectory = workingDirectory
    if name.utf8.contains(UInt8(ascii: "/")) {
      candidates = [name]
    } else {
      candidates = (path ?? Self.defaultPath)
        .split(separator: ":", omittingEmptySubsequences: false)
        .map { $0.isEmpty ? "./\(name)" : "\($0)/\(name)" }
    }
  }

  /// The first candidate that is there, whatever it is.
  package var firstExisting: String? {
    candidates.first { candidate in
      var status = stat()
      let path =
        candidate.utf8.first == UInt8(ascii: "/")
        ? candidate : "\(workingDirectory)/\(candidate)"
      return stat(path, &status) == 0
    }
  }
}
