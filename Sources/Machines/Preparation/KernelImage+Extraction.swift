import Errors
import SystemPackage

extension KernelImage {
  /// Writes the kernel uncompressed to `target`; QEMU starts that fastest.
  ///
  /// - Returns: False when the compressed part is of an unknown kind or does not hold a vmlinux;
  ///   the bzImage then has to be used as it is.
  package func extract(from source: FilePath, to target: FilePath) async throws -> Bool {
    switch self {
    case .vmlinux:
      try HostFiles.copy(source, to: target)
      return true
    case .bzImage(_, let offset, let length):
      let payload = try HostFiles.bytes(at: source, from: offset, count: length)
      guard let compression = Compression(payload) else { return false }
      try await compression.decompress(payload, to: target)
      guard Self.isExecutable(try HostFiles.bytes(at: target, from: 0, count: 64)) else {
        try HostFiles.removeFile(target)
        return false
      }
      return true
    }
  }
}

/// The compressions of a bzImage's payload that are in use, told by their first bytes.
private enum Compression: CaseIterable {
  case gzip
  case lz4
  case xz
  case zstd

  init?(_ payload: [UInt8]) {
    guard let match = Self.allCases.first(where: { payload.starts(with: $0.magic) }) else {
      return nil
    }
    self = match
  }

  private var magic: [UInt8] {
    switch self {
    case .gzip: [0x1f, 0x8b]
    case .lz4: [0x02, 0x21, 0x4c, 0x18]
    case .xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a]
    case .zstd: [0x28, 0xb5, 0x2f, 0xfd]
    }
  }

  func decompress(_ payload: [UInt8], to target: FilePath) async throws {
    // Except for gzip, whose own trailer it is, the kernel's build appends the size in 4 bytes,
    // which the tools would take for rubbish.
    let content = self == .gzip ? payload : payload.dropLast(4)
    let suffix =
      switch self {
      case .gzip: ".gz"
      case .lz4: ".lz4"
      case .xz: ".xz"
      case .zstd: ".zst"
      }
    let packed = FilePath(target.string + suffix)
    try HostFiles.write(Array(content), to: packed)
    switch self {
    case .gzip: try await Tool.gzip.run(["-d", "-q", "-f", packed.string])
    case .lz4: try await Tool.lz4.run(["-d", "-q", "-f", packed.string, target.string])
    case .xz: try await Tool.xz.run(["-d", "-q", "-f", packed.string])
    case .zstd: try await Tool.zstd.run(["-d", "-q", "-f", packed.string, "-o", target.string])
    }
    try HostFiles.removeFile(packed)
  }
}
