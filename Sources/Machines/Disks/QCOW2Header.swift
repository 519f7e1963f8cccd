import Errors
import SystemPackage

/// The header of a qcow2 image that a confined QEMU has written, and so, after an attack, the guest.
///
/// An image can name a file that holds its data. Whoever opens the image opens that file, which
/// nothing on a command line prevents; where root does, it reads and writes files of the host.
package enum QCOW2Header {
  /// The features that change where data is (docs/interop/qcow2.txt in QEMU's sources): of those,
  /// dirty, corrupt, compression type and extended L2 entries do so within the file.
  private static let allowedFeatures: UInt64 = 0b11011

  /// Checks a file.
  ///
  /// Throws `SandlotError` with `failedPrecondition` where it is no qcow2 image of version 3, or one
  /// that draws on other files.
  package static func check(_ path: FilePath) throws {
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: [.noFollow, .closeOnExec])
      try file.closeAfter { try check(file, path) }
    } catch let cause as Errno {
      throw HostFiles.failure("read", path, cause)
    }
  }

  /// Checks an open file; `path` is for the error.
  static func check(_ file: FileDescriptor, _ path: FilePath) throws {
    let header = try [UInt8](unsafeUninitializedCapacity: 80) { buffer, count in
      count = try file.read(fromAbsoluteOffset: 0, into: UnsafeMutableRawBufferPointer(buffer))
    }
    // "QFI", 0xfb and the version.
    guard header.count == 80, header.starts(with: [0x51, 0x46, 0x49, 0xfb, 0, 0, 0, 3]) else {
      throw SandlotError(.failedPrecondition, "\(path) is no qcow2 image of version 3.")
    }
    let features = header[72..<80].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard features & ~allowedFeatures == 0 else {
      throw SandlotError(
        .failedPrecondition,
        "The disk image \(path) keeps its data elsewhere (features 0x"
          + "\(String(features, radix: 16))), which no layer may.")
    }
  }
}
