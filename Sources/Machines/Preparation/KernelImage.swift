import Errors
import SystemPackage

/// What kind of kernel file it is, and what its header says.
package enum KernelImage: Equatable {
  /// An uncompressed kernel, which QEMU starts by its PVH entry.
  case vmlinux(version: String)
  /// A compressed kernel after the x86 boot protocol.
  case bzImage(version: String, payloadOffset: Int64, payloadLength: Int)

  /// The kernel's release, as `uname -r` says it.
  package var version: String {
    switch self {
    case .vmlinux(let version), .bzImage(let version, _, _): version
    }
  }

  /// Reads the header.
  /// - Throws: `SandlotError` with `invalidArgument` when the file is no x86-64 Linux kernel.
  package static func examine(_ path: FilePath) throws -> KernelImage {
    guard HostFiles.exists(path) else {
      throw SandlotError(
        .invalidArgument, "The kernel file \(path) does not exist.",
        hint: "Correct the setting, or leave it out to use Debian's cloud kernel.")
    }
    let header =
      try HostFiles.isDirectory(path) ? [] : HostFiles.bytes(at: path, from: 0, count: 0x1000)
    if let image = try bzImage(header, at: path) ?? vmlinux(header, at: path) { return image }
    throw SandlotError(
      .invalidArgument, "\(path) is not a Linux kernel.",
      hint: "Give an x86-64 bzImage (Debian: /boot/vmlinuz-…) or an uncompressed vmlinux.")
  }

  /// Offsets from the kernel's Documentation/arch/x86/boot.rst.
  private static func bzImage(_ header: [UInt8], at path: FilePath) throws -> KernelImage? {
    guard header.count >= 0x264, Array(header[0x202..<0x206]) == Array("HdrS".utf8) else {
      return nil
    }
    let setupSectors = header[0x1f1] == 0 ? 4 : Int64(header[0x1f1])
    let versionOffset = Int64(header.littleEndian(at: 0x20e, bytes: 2)) + 0x200
    let text = try HostFiles.bytes(at: path, from: versionOffset, count: 128)
    guard let version = release(in: text) else { return nil }
    return .bzImage(
      version: version,
      payloadOffset: (setupSectors + 1) * 512 + Int64(header.littleEndian(at: 0x248, bytes: 4)),
      payloadLength: header.littleEndian(at: 0x24c, bytes: 4))
  }

  /// An ELF64 executable (type 2) for x86-64 (machine 0x3e) that carries a kernel's banner.
  private static func vmlinux(_ header: [UInt8], at path: FilePath) throws -> KernelImage? {
    guard isExecutable(header) else { return nil }
    let banner = Array("Linux version ".utf8)
    let content = try HostFiles.bytes(at: path)
    var position = content.startIndex
    while let start = content[position...].firstIndex(of: banner[0]) {
      let text = content[start...]
      if text.starts(with: banner), let version = release(in: text.dropFirst(banner.count)) {
        return .vmlinux(version: version)
      }
      position = start + 1
    }
    return nil
  }

  static func isExecutable(_ header: [UInt8]) -> Bool {
    header.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2])
      && header.count >= 20
      && header.littleEndian(at: 16, bytes: 2) == 2
      && header.littleEndian(at: 18, bytes: 2) == 0x3e
  }

  /// The release at the beginning of a version text: up to the first blank, beginning with a digit.
  private static func release(in text: some Sequence<UInt8>) -> String? {
    let word = text.prefix { $0 > 0x20 && $0 < 0x7f }.prefix(65)
    guard let release = String(validating: Array(word), as: UTF8.self), release.count < 65,
      release.first?.isNumber == true, release.contains("."), !release.contains("/")
    else { return nil }
    return release
  }
}

extension [UInt8] {
  fileprivate func littleEndian(at offset: Int, bytes: Int) -> Int {
    self[offset..<offset + bytes].reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
