import Crypto
import Errors
import Foundation
import Images
import Machines
import SystemPackage

/// The base image that stands in for Debian's Python images, made once.
struct PreparedBase: Sendable {
  private let directory: FilePath
  private let mirror: String
  private let diskBytes: Int64
  private let progress: Progress

  init(directory: FilePath, mirror: String, diskBytes: Int64, progress: Progress) {
    self.directory = directory
    self.mirror = mirror
    self.diskBytes = diskBytes
    self.progress = progress
  }

  /// What is known of a base image, in a file beside it; written last, so it proves the image.
  private struct Description: Codable {
    var pythonVersion: String
    var identity: String
  }

  /// The base image, made where it is missing.
  func prepare() async throws -> BaseImage {
    let image = directory.appending("debian-bookworm.qcow2")
    let file = URL(filePath: directory.appending("debian-bookworm.json").string)
    if let data = try? Data(contentsOf: file), access(image.string, R_OK) == 0,
      let known = try? JSONDecoder().decode(Description.self, from: data)
    {
      return BaseImage(path: image, pythonVersion: known.pythonVersion, identity: known.identity)
    }
    let progress = progress
    let base = DebianBase(mirror: mirror, size: diskBytes) {
      progress.report($0.step.rawValue, $0.detail)
    }
    let made = try await base.build(to: image)
    guard let pythonVersion = made.pythonVersion else {
      throw SandlotError(.internal, "The base image that was made holds no Python.")
    }
    let known = Description(pythonVersion: pythonVersion, identity: try Self.hash(of: image))
    try JSONEncoder().encode(known).write(to: file, options: .atomic)
    return BaseImage(path: image, pythonVersion: pythonVersion, identity: known.identity)
  }

  /// The image's content names it: a base made anew from newer packages is another one, and images
  /// built on the old one are not taken for images of the new one.
  private static func hash(of path: FilePath) throws -> String {
    let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
    return try file.closeAfter {
      var hash = SHA256()
      var block = [UInt8](repeating: 0, count: 1 << 20)
      while true {
        let count = try block.withUnsafeMutableBytes { try file.read(into: $0) }
        guard count > 0 else { break }
        block.withUnsafeBytes { hash.update(bufferPointer: .init(rebasing: $0[..<count])) }
      }
      return hash.finalize().map { String(format: "%02x", $0) }.joined()
    }
  }
}
