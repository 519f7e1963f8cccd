import Crypto
import Errors
import SystemPackage

extension HostFiles {
  /// The whole file as text; meant for small files, those in /proc included.
  package static func text(at path: FilePath) throws -> String {
    String(decoding: try bytes(at: path), as: UTF8.self)
  }

  package static func bytes(at path: FilePath) throws -> [UInt8] {
    var content: [UInt8] = []
    try readChunks(of: path) { content.append(contentsOf: $0) }
    return content
  }

  /// Up to `count` bytes from `offset`; fewer at the end of the file.
  package static func bytes(at path: FilePath, from offset: Int64, count: Int) throws -> [UInt8] {
    try naming("read", path) {
      let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
      return try file.closeAfter {
        try file.seek(offset: offset, from: .start)
        return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
          while filled < count {
            let rest = UnsafeMutableRawBufferPointer(
              rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
            let read = try file.read(into: rest)
            if read == 0 { break }
            filled += read
          }
        }
      }
    }
  }

  package static func write(_ text: String, to path: FilePath) throws {
    try write(Array(text.utf8), to: path)
  }

  /// Writes the file anew; not atomic, so for files in a directory that is renamed as a whole, and
  /// for those in /proc and /sys.
  package static func write(_ content: [UInt8], to path: FilePath) throws {
    try naming("write", path) {
      let file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .truncate, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      try file.closeAfter { _ = try file.writeAll(content) }
    }
  }

  package static func copy(_ source: FilePath, to target: FilePath) throws {
    try write(try bytes(at: source), to: target)
  }

  /// Makes an empty sparse file of the given size in bytes.
  package static func makeSparse(_ path: FilePath, size: Int64) throws {
    try naming("write", path) {
      let file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .truncate, .closeOnExec],
        permissions: [.ownerReadWrite])
      try file.closeAfter { try file.resize(to: size) }
    }
  }

  /// The SHA-256 of the content, in hexadecimal.
  package static func sha256(of path: FilePath) throws -> String {
    var hash = SHA256()
    try readChunks(of: path) { hash.update(data: $0) }
    return hexadecimal(hash.finalize())
  }

  package static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }

  package static func readChunks(
    of path: FilePath, _ take: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try naming("read", path) {
      let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
      try file.closeAfter {
        try withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 16) { buffer in
          while case let count = try file.read(into: buffer), count > 0 {
            try take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
          }
        }
      }
    }
  }

  package static func naming<Value>(
    _ verb: String, _ path: FilePath, _ body: () throws -> Value
  ) throws -> Value {
    do {
      return try body()
    } catch let cause as Errno {
      throw failure(verb, path, cause)
    }
  }
}
