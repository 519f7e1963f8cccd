import Errors
import Foundation

extension Mounts {
  /// What the ids of uploaded contents begin with; their SHA-256 follows.
  public static let blobPrefix = "bl-"

  /// Those of some contents, by SHA-256, that are not here; the others are kept for some time from now.
  ///
  /// Throws `SandlotError.invalidArgument` for what is no SHA-256.
  public nonisolated func missing(_ names: [String]) async throws -> [String] {
    for name in names { try Self.check(name) }
    return try await offPool { [blobs] in names.filter { !blobs.contains($0) } }
  }

  /// Keeps a small content. Throws `SandlotError.invalidArgument` where it is another one than said.
  public nonisolated func put(_ data: [UInt8], sha256: String) async throws {
    try Self.check(sha256)
    try checkSize(Int64(data.count))
    _ = try await offPool { [blobs] in
      try blobs.put(data) { digests in
        guard digests.sha256 == sha256 else {
          throw SandlotError(
            .invalidArgument,
            "The file's SHA-256 is \(digests.sha256), and \(sha256) was announced.",
            hint: "It was changed while it was sent: run the program again.")
        }
      }
    }
  }

  /// Checks that a content has been uploaded. Throws `SandlotError`: `invalidArgument` where the id is
  /// of another one, `failedPrecondition` where it is not complete.
  public nonisolated func put(blobID: String, sha256: String) async throws {
    try Self.check(sha256)
    guard blobID == Self.blobPrefix + sha256 else {
      throw SandlotError(
        .invalidArgument, "The blob '\(blobID)' is not the file with SHA-256 \(sha256).")
    }
    guard blobs.contains(sha256) else {
      throw SandlotError(
        .failedPrecondition, "The blob '\(blobID)' has not been uploaded.",
        hint: "Send it to the address of BlobCreate first, or run the program again.")
    }
  }

  /// Throws `SandlotError.resourceExhausted` for a file that is too large to be taken.
  public nonisolated func checkSize(_ bytes: Int64) throws(SandlotError) {
    guard bytes > limits.fileBytes else { return }
    throw SandlotError(
      .resourceExhausted,
      "A file of \(bytes) bytes is larger than this server takes (\(limits.fileBytes)).",
      hint:
        "Leave it out with ignore=, fetch it inside the sandbox, or raise the setting file_limit.")
  }

  static func check(_ sha256: String) throws(SandlotError) {
    guard BlobStore.isName(sha256) else {
      throw SandlotError(
        .invalidArgument, "'\(sha256.prefix(100))' is no SHA-256: 64 lower-case hexadecimal digits."
      )
    }
  }
}

extension Mounts {
  /// A file for something that comes in pieces; whoever makes it discards it.
  public nonisolated func makeFile() throws -> BlobFile { try blobs.makeFile() }

  /// Adds a piece at the end of a file.
  public nonisolated func append(_ bytes: [UInt8], to file: BlobFile) async throws {
    try await offPool { try bytes.withUnsafeBytes { try file.append($0) } }
  }
}
