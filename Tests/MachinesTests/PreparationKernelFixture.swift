import Machines
import SystemPackage

/// A file with the header of a bzImage and something compressed in it.
struct PreparationKernelFixture {
  /// The bytes of an ELF header for an x86-64 executable, and a kernel's banner.
  static let vmlinux: [UInt8] =
    [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
    + [2, 0, 0x3e, 0] + [UInt8](repeating: 0, count: 200)
    + Array("Linux version 6.1.0-test-amd64 (builder)".utf8)
    + (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

  /// A bzImage with one sector of set-up code more than the boot sector, and the payload after it.
  static func bzImage(payload: [UInt8]) -> [UInt8] {
    var image = [UInt8](repeating: 0, count: 4096)
    image[0x1f1] = 3
    image.replaceSubrange(0x202..<0x206, with: Array("HdrS".utf8))
    image.replaceSubrange(0x20e..<0x210, with: [0x00, 0x03])
    let version = Array("6.1.0-test-amd64 (builder) #1".utf8)
    image.replaceSubrange(0x500..<0x500 + version.count, with: version)
    let offset = image.count - 2048
    image.replaceSubrange(0x248..<0x24c, with: littleEndian(offset))
    image.replaceSubrange(0x24c..<0x250, with: littleEndian(payload.count))
    return image + payload + Array("what follows the payload".utf8)
  }

  static func littleEndian(_ number: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
  }

  /// The vmlinux as the kernel's build compresses it: with its size appended, but for gzip.
  static func payload(by tool: String, in folder: borrowing PreparationFolder) async throws
    -> [UInt8]
  {
    let plain = try folder.write(vmlinux, to: "plain")
    let arguments = tool == "lz4" ? ["-l", "-q", "-f"] : ["-q", "-f", "-k"]
    let suffix = ["gzip": "gz", "zstd": "zst"][tool] ?? tool
    let packed = FilePath("\(plain).\(suffix)")
    let target = tool == "lz4" ? [packed.string] : []
    try await Tool(tool, package: tool).run(arguments + [plain.string] + target)
    return try content(of: packed) + (tool == "gzip" ? [] : littleEndian(vmlinux.count))
  }
}
