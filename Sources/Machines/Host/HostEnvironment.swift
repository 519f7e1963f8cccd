import Glibc

/// What the server's own process is allowed to do and was started with.
enum HostEnvironment {
  /// The value of an environment variable, or nil when it is unset.
  static func value(_ name: String) -> String? {
    guard let pointer = getenv(name) else { return nil }
    return String(cString: pointer)
  }

  /// Whether the process runs as root.
  static var isRoot: Bool { geteuid() == 0 }

  /// Whether the process holds CAP_NET_ADMIN (bit 12 of the effective set, capabilities(7)).
  static var canAdministerNetwork: Bool {
    guard let status = try? HostFiles.text(at: "/proc/self/status"),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("CapEff:") }),
      let bits = line.split(separator: "\t").last.flatMap({ UInt64($0, radix: 16) })
    else { return false }
    return bits & (1 << 12) != 0
  }
}
