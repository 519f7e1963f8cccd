import Crypto
import Errors
import Machines
import Synchronization
import SystemPackage

/// A file on its way into the blob store: written from its beginning to its end, hashed meanwhile.
///
/// It belongs to one writer, who hands it to the store or discards it; one that neither happened to is
/// removed at the next start of the server.
public final class BlobFile: Sendable {
  /// Where it is.
  public let path: FilePath
  private let file: FileDescriptor
  private let state = Mutex(State())

  private struct State {
    var sha256 = SHA256()
    var md5 = Insecure.MD5()
    var size: Int64 = 0
  }

  init(_ path: FilePath) throws {
    self.path = path
    file = try HostFiles.naming("write", path) {
      try FileDescriptor.open(
        path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: .ownerReadWrite)
    }
  }

  /// The bytes that were written.
  public var size: Int64 { state.withLock { $0.size } }

  /// Adds bytes at the end; waits for the disk. Throws `SandlotError`: `resourceExhausted` where it is
  /// full.
  public func append(_ bytes: UnsafeRawBufferPointer) throws {
    try state.withLock { state in
      try HostFiles.naming("write", path) { _ = try file.writeAll(bytes) }
      state.sha256.update(bufferPointer: bytes)
      state.md5.update(bufferPointer: bytes)
      state.size += Int64(bytes.count)
    }
  }

  /// Ends the writing; says what was written.
  func close() throws -> BlobDigests {
    try HostFiles.naming("write", path) { try file.close() }
    return state.withLock { state in
      BlobDigests(
        sha256: HostFiles.hexadecimal(state.sha256.finalize()),
        md5: HostFiles.hexadecimal(state.md5.finalize()), size: state.size)
    }
  }

  /// Removes it.
  public func discard() {
    try? file.close()
    try? HostFiles.removeFile(path)
  }
}

/// What a file's content is known by.
public struct BlobDigests: Sendable, Equatable {
  /// SHA-256 in hexadecimal.
  public var sha256: String
  /// MD5 in hexadecimal.
  public var md5: String
  /// The bytes.
  public var size: Int64

  /// Digests.
  public init(sha256: String, md5: String, size: Int64) {
    self.sha256 = sha256
    self.md5 = md5
    self.size = size
  }
}
