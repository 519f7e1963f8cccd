import Errors
import Glibc
import SystemPackage

/// A tap: a network interface of the host whose packets a process reads and writes.
///
/// It is not persistent: it vanishes with the last descriptor of it, so that none outlives a crash
/// of the server and its QEMUs.
package struct TapDevice: Sendable {
  /// The interface's name.
  package let name: String
  /// The tap; close-on-exec.
  package let descriptor: FileDescriptor

  /// TUNSETIFF of linux/if_tun.h, `_IOW('T', 202, int)`.
  private static let setInterface: UInt = 0x4004_54ca
  /// IFF_TAP | IFF_NO_PI | IFF_VNET_HDR: whole frames, no extra header but virtio-net's.
  private static let flags: Int16 = 0x0002 | 0x1000 | 0x4000

  /// Makes the interface; it is down and has no address.
  package init(name: String) throws {
    self.name = name
    do {
      descriptor = try FileDescriptor.open("/dev/net/tun", .readWrite, options: .closeOnExec)
    } catch let error as Errno {
      throw Self.failure("open /dev/net/tun", error)
    }
    do {
      var request = InterfaceRequest(name)
      request.flags = Self.flags
      try request.perform(Self.setInterface, on: descriptor, "make")
    } catch {
      try? descriptor.close()
      throw error
    }
  }

  /// Gives the host's end its address and takes the interface up, for IPv4 alone.
  package func configure(address: IPv4Address, prefixLength: Int) throws {
    let ipv6: FilePath = "/proc/sys/net/ipv6/conf"
    if HostFiles.exists(ipv6) {
      try HostFiles.write("1", to: ipv6.appending(name).appending("disable_ipv6"))
    }
    let ipv4 = FilePath("/proc/sys/net/ipv4/conf").appending(name)
    try HostFiles.write("1", to: ipv4.appending("forwarding"))

    let number = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | 0o2_000_000, 0)
    guard number >= 0 else { throw Self.failure("open a socket", Errno(rawValue: errno)) }
    try FileDescriptor(rawValue: number).closeAfter {
      let control = FileDescriptor(rawValue: number)
      var request = InterfaceRequest(name)
      request.setAddress(address)
      try request.perform(UInt(SIOCSIFADDR), on: control, "set the address of")
      request = InterfaceRequest(name)
      request.setAddress(IPv4Address(UInt32.max << UInt32(32 - prefixLength)))
      try request.perform(UInt(SIOCSIFNETMASK), on: control, "set the netmask of")
      request = InterfaceRequest(name)
      try request.perform(UInt(SIOCGIFFLAGS), on: control, "examine")
      request.flags |= Int16(IFF_UP)
      try request.perform(UInt(SIOCSIFFLAGS), on: control, "start")
    }
  }

  /// Closes the server's descriptor; the interface goes with the last one.
  package func close() {
    try? descriptor.close()
  }

  static func failure(_ action: String, _ cause: Errno) -> SandlotError {
    switch cause {
    case .permissionDenied, .notPermitted:
      SandlotError(
        .permissionDenied, "Not permitted to \(action).",
        hint: "Run sandlot as root or with CAP_NET_ADMIN, or block the sandboxes' network.")
    case .noSuchFileOrDirectory, .noSuchAddressOrDevice, Errno(rawValue: ENODEV):
      SandlotError(
        .failedPrecondition, "Cannot \(action): \(cause).", hint: "Run: modprobe tun")
    default:
      SandlotError(.internal, "Cannot \(action): \(cause).")
    }
  }
}
