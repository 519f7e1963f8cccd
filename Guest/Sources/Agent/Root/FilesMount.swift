import CLinux
import Glibc
import GuestProtocol

/// The disk of files beside the root.
enum FilesMount {
  /// Mounts a device there, read-only.
  static func mount(device: String, filesystem: String) throws(GuestFailure) {
    try Mount(
      source: device, type: filesystem, target: AgentDirectory.files,
      flags: MS_RDONLY | MS_NOSUID | MS_NODEV,
      // Nothing may be written to the disk, a journal's recovery neither.
      options: filesystem == "ext4" ? "noload" : ""
    ).perform()
  }

  /// Unmounts it; fails where a process still uses it.
  static func unmount() throws(GuestFailure) {
    let path = AgentDirectory.files
    guard umount2(path, Int32(UMOUNT_NOFOLLOW)) != 0 else { return }
    let code = errno
    guard code != EBUSY else {
      throw GuestFailure(.invalidState, "\(path) is still in use by a process")
    }
    throw .system(code, "unmount \(path)")
  }
}
