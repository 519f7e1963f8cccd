import Glibc
import GuestProtocol

/// The files under `/etc` that say who and where the machine is.
package struct HostFiles {
  private let identity: Identity

  package init(_ identity: Identity) { self.identity = identity }

  func write() throws(GuestFailure) {
    try Directories.make("/etc")
    try SmallFile.replace("/etc/hostname", with: "\(identity.hostname)\n".utf8)
    try SmallFile.replace("/etc/hosts", with: hosts.utf8)
    try SmallFile.replace("/etc/machine-id", with: "\(identity.machineID)\n".utf8, mode: 0o444)
    if let network = identity.network {
      try SmallFile.replace("/etc/resolv.conf", with: Self.resolver(network).utf8)
    }
    // An image that has one keeps it.
    symlink("/proc/self/mounts", "/etc/mtab")
  }

  /// The text of `/etc/hosts`.
  package var hosts: String {
    let own = identity.network.map { "\($0.address)\t\(identity.hostname)\n" }
    return """
      127.0.0.1\tlocalhost
      ::1\tlocalhost ip6-localhost ip6-loopback
      fe00::0\tip6-localnet
      ff00::0\tip6-mcastprefix
      ff02::1\tip6-allnodes
      ff02::2\tip6-allrouters
      \(own ?? "127.0.1.1\t\(identity.hostname)\n")
      """
  }

  /// The text of `/etc/resolv.conf`.
  package static func resolver(_ network: GuestNetwork) -> String {
    network.nameServers.map { "nameserver \($0)\n" }.joined()
  }
}
