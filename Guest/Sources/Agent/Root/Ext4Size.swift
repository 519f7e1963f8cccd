import CLinux
import Glibc
import GuestProtocol

/// The size of an ext4 file system on a block device.
///
/// The disk of an image that was made when disks were smaller has room behind its file system.
struct Ext4Size {
  /// The blocks that the file system has.
  let blocks: UInt64
  /// The whole blocks that its device has.
  let available: UInt64

  /// Reads the superblock (Documentation/filesystems/ext4/super.rst of the kernel); nil where there is
  /// none.
  init?(device: String) {
    guard let file = try? Descriptor.open(device, O_RDONLY) else { return nil }
    var superblock = [UInt8](repeating: 0, count: 1024)
    guard pread(file.number, &superblock, 1024, 1024) == 1024,
      superblock[0x38] == 0x53, superblock[0x39] == 0xef
    else { return nil }
    func word(_ offset: Int) -> UInt64 {
      superblock[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    let shift = 10 + word(0x18)
    guard (10...16).contains(shift) else { return nil }
    // The upper half counts where the file system has the feature 64bit.
    blocks = word(0x4) | (word(0x60) & 0x80 != 0 ? word(0x150) << 32 : 0)
    let end = lseek(file.number, 0, SEEK_END)
    available = end > 0 ? UInt64(end) >> shift : 0
  }

  /// Grows the mounted file system to its device's size.
  func grow(at path: String) throws(GuestFailure) {
    guard available > blocks else { return }
    let root = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
    let blocks = available
    try attempt("grow the root file system to \(blocks) blocks") {
      clinux_grow_ext4(root.number, blocks)
    }
  }
}
