import CLinux
import Glibc

/// The mounted file systems of block devices: the root, and those of loop devices and device mapper,
/// whose disks may be files of the root.
package enum BlockMounts {
  /// Writes everything that they have to write. What others than block devices serve, such as FUSE, is
  /// left alone: it may never answer.
  static func flush(_ proc: Descriptor) {
    let number = openat(proc.number, "self/mounts", O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { return }
    let file = Descriptor(owning: number)
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while case let count = retried({ read(file.number, &buffer, buffer.count) }), count > 0 {
      text.append(contentsOf: buffer.prefix(count))
    }
    // The last ones first: a disk may be a file of one that was mounted before.
    for path in paths(in: String(decoding: text, as: UTF8.self)).reversed() where path != "/" {
      guard let directory = try? Descriptor.open(path, O_RDONLY | O_NONBLOCK) else { continue }
      clinux_syncfs(directory.number)
    }
  }

  /// The mount points of block devices in a text such as proc(5)'s mounts, in its order.
  package static func paths(in mounts: String) -> [String] {
    mounts.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: " ")
      guard fields.count >= 4, fields[0].hasPrefix("/dev/"),
        !fields[3].split(separator: ",").contains("ro")
      else { return nil }
      return unescaped(fields[1])
    }
  }

  /// Blanks, tabs, new lines and backslashes are written as three octal digits.
  private static func unescaped(_ field: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(field.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\"), rest.count >= 3,
        let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
      {
        bytes.append(code)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
