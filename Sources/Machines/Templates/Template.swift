import Errors
import Foundation
import Glibc
import SystemPackage

/// The saved state of a machine that has booted to its agent and done everything that is the same
/// in all machines of its profile: what clones begin from.
///
/// The memory is a sparse file that clones map privately, so that they share what they do not write;
/// the rest of the state is a stream of QEMU's. Both are readable by the server alone, which hands
/// out descriptors.
struct Template: Sendable, Equatable {
  /// The directory that holds the files below.
  let directory: FilePath
  /// What is known of it.
  let description: Description

  /// The guest's memory.
  var memory: FilePath { Self.memory(in: directory) }
  /// The state of the devices.
  var state: FilePath { Self.state(in: directory) }

  static func memory(in directory: FilePath) -> FilePath { directory.appending("memory") }
  static func state(in directory: FilePath) -> FilePath { directory.appending("state") }
  static func description(in directory: FilePath) -> FilePath {
    directory.appending("template.json")
  }

  /// What is kept in a file beside the others; written last, so that it proves them.
  struct Description: Codable, Sendable, Equatable {
    /// The profile.
    var profile: MachineProfile
    /// The SHA-256 of the memory file's data and where they lie, in hexadecimal.
    var memoryDigest: String
    /// The SHA-256 of the state file, in hexadecimal.
    var stateDigest: String
  }

  /// Reads and checks what a directory holds.
  ///
  /// Throws `SandlotError` where it is no complete template, or not what was written.
  static func verified(in directory: FilePath) throws -> Template {
    let text = try HostFiles.bytes(at: description(in: directory))
    guard let description = try? JSONDecoder().decode(Description.self, from: Data(text)) else {
      throw SandlotError(.failedPrecondition, "\(directory) has no readable description.")
    }
    let template = Template(directory: directory, description: description)
    guard try SparseFile.digest(of: template.memory) == description.memoryDigest,
      try HostFiles.sha256(of: template.state) == description.stateDigest
    else {
      throw SandlotError(
        .failedPrecondition, "The template in \(directory) is damaged: its checksum is wrong.")
    }
    return template
  }

  /// Changes when somebody has changed the files since.
  var fingerprint: [Int] { Self.fingerprint(of: directory) }

  /// The fingerprint of the template in a directory.
  static func fingerprint(of directory: FilePath) -> [Int] {
    [memory(in: directory), state(in: directory)].flatMap { path in
      var status = stat()
      guard stat(path.string, &status) == 0 else { return [-1] }
      return [
        Int(status.st_ino), Int(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
      ]
    }
  }
}
