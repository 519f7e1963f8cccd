import Errors
import Glibc
import SystemPackage

/// An empty qcow2 image, copied for every overlay: qemu-img takes 70 ms to make one, a copy of its
/// 400 KB one.
struct EmptyOverlay: Sendable {
  private let content: [UInt8]

  /// Has qemu-img make the image of a disk of so many bytes; `directory` holds it for a moment.
  static func prepare(size: Int64, in directory: FilePath) async throws -> EmptyOverlay {
    let path = directory.appending(".empty-\(getpid()).qcow2")
    defer { try? HostFiles.removeFile(path) }
    // Subclusters: scattered small writes would each cost a whole cluster otherwise.
    try await Tool.qemuImg.run([
      "create", "-q", "-f", "qcow2", "-o", "extended_l2=on,cluster_size=128k", path.string,
      "\(size)",
    ])
    return EmptyOverlay(content: try HostFiles.bytes(at: path))
  }

  /// Makes a new overlay file that belongs to `owner`, or to the server where that is nil.
  func write(to path: FilePath, owner: UInt32?) throws {
    do {
      let file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
        permissions: [.ownerReadWrite])
      try file.closeAfter {
        _ = try file.writeAll(content)
        guard let owner else { return }
        guard fchown(file.rawValue, owner, owner) == 0 else { throw Errno(rawValue: errno) }
      }
    } catch let cause as Errno {
      throw HostFiles.failure("write", path, cause)
    }
  }
}
