import Crypto
import Errors
import Machines
import SystemPackage

/// A file on its way into the blob store: written from its beginning to its end, hashed meanwhile.
///
/// It belongs to one writer at a time. One that is not finished is removed by `discard`, or at the
/// next start of the server.
public struct BlobFile: ~Copyable {
  let path: FilePath
  private let file: FileDescriptor
  private var sha256 = SHA256()
  private var md5 = Insecure.MD5()
  /// The bytes that were written.
  public private(set) var size: Int64 = 0

  init(_ path: FilePath) throws {
    self.path = path
    file = try HostFiles.naming("write", path) {
      try FileDescriptor.open(
        path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: .ownerReadWrite)
    }
  }

  /// Adds bytes at the end. Throws `SandlotError`: `resourceExhausted` where the disk is full.
  public mutating func append(_ bytes: UnsafeRawBufferPointer) throws {
    let file = file
    try HostFiles.naming("write", path) { _ = try file.writeAll(bytes) }
    sha256.update(bufferPointer: bytes)
    md5.update(bufferPointer: bytes)
    size += Int64(bytes.count)
  }

  /// What was written; nothing may be appended afterwards.
  consuming func close() throws -> (path: FilePath, digests: BlobDigests) {
    let digests = BlobDigests(
      sha256: HostFiles.hexadecimal(sha256.finalize()), md5: HostFiles.hexadecimal(md5.finalize()),
      size: size)
    let (file, path) = (file, path)
    try HostFiles.naming("write", path) { try file.close() }
    return (path, digests)
  }

  /// Removes it.
  public consuming func discard() {
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
