import CArchive
import Glibc
import UnpackRequest

/// Unpacks layers, one upon another, into the directory that is the process's root.
package struct Unpacker {
  private let maximumEntries: Int
  private let maximumBytes: Int64
  private let parent = getppid()
  /// What has come of it so far.
  package private(set) var result = UnpackResult(entries: 0, bytes: 0, warnings: [])

  /// An unpacker with its limits.
  package init(maximumEntries: Int, maximumBytes: Int64) {
    self.maximumEntries = maximumEntries
    self.maximumBytes = maximumBytes
  }

  /// Unpacks one layer from an open file; `label` names it in errors.
  package mutating func unpack(
    _ descriptor: Int32, diffID: String?, label: String
  ) throws(UnpackResult.Failure) {
    do {
      try unpack(descriptor, diffID: diffID)
    } catch {
      throw UnpackResult.Failure(error.kind, "\(label): \(sentence(error))")
    }
  }

  private func sentence(_ failure: UnpackResult.Failure) -> String {
    failure == UnpackResult.Failure(.tooMuch, "bytes")
      ? "its content is more than the \(maximumBytes) bytes that are left for it"
      : failure.message
  }

  private mutating func unpack(
    _ descriptor: Int32, diffID: String?
  ) throws(UnpackResult.Failure) {
    let stream = try LayerStream(descriptor: descriptor, limit: maximumBytes - result.bytes)
    try write(stream)
    let digest = try stream.digest()
    result.bytes += stream.bytes
    if let diffID, diffID != digest {
      throw UnpackResult.Failure(
        .refused,
        "its content has the digest \(digest), and the image's configuration says \(diffID)")
    }
  }

  private mutating func write(_ stream: LayerStream) throws(UnpackResult.Failure) {
    let archive = try LayerArchive(stream)
    var writer = try LayerWriter()
    while let entry = try archive.next() {
      result.entries += 1
      guard result.entries <= maximumEntries else {
        throw UnpackResult.Failure(.tooMuch, "it has more than \(maximumEntries) entries")
      }
      // The one who wanted it is gone, so nobody will take the result.
      guard getppid() == parent else {
        throw UnpackResult.Failure(.host, "the server has ended")
      }
      try writer.write(entry, of: archive)
    }
    try writer.finish()
    result.warnings += writer.warnings
  }
}
