import Glibc

/// What the host's `/dev/kvm` allows; that it exists says little.
package struct KVMDevice: Sendable, Equatable {
  /// Why it cannot be used at all, in a sentence; nil where it can be tried.
  package var obstacle: String?
  /// What to do about that.
  package var remedy: String?
  /// The group that a confined QEMU needs to open it; nil where it needs none.
  package var group: UInt32?

  /// What an examination found; without an obstacle, the device can be tried.
  package init(obstacle: String? = nil, remedy: String? = nil, group: UInt32? = nil) {
    self.obstacle = obstacle
    self.remedy = remedy
    self.group = group
  }

  private static let path = "/dev/kvm"

  /// Looks at the device as the server does and as an unprivileged QEMU would.
  package static func examine(confined: Bool = true) -> KVMDevice {
    var status = stat()
    guard stat(path, &status) == 0 else {
      return KVMDevice(
        obstacle: "\(path) does not exist.",
        remedy: "Turn on virtualization in the firmware, or nested virtualization where this is a "
          + "virtual machine; then run: modprobe kvm_intel || modprobe kvm_amd")
    }
    let descriptor = open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else {
      return KVMDevice(
        obstacle: "\(path) cannot be opened: \(String(cString: strerror(errno))).",
        remedy: "Run: usermod -a -G kvm $USER, and log in again.")
    }
    close(descriptor)
    let (group, others) = (mode_t(S_IRGRP | S_IWGRP), mode_t(S_IROTH | S_IWOTH))
    if !confined || status.st_mode & others == others { return KVMDevice() }
    if status.st_mode & group == group, status.st_gid != 0 {
      return KVMDevice(group: status.st_gid)
    }
    return KVMDevice(
      obstacle: "\(path) can be opened by root alone, and machines run as unprivileged users.",
      remedy: "Run: chgrp kvm \(path) && chmod 0660 \(path)")
  }
}
