import Glibc
import SystemPackage

/// What a server that was killed left in the host's network.
struct NetworkLeftovers {
  let instance: NetworkInstance
  let directory: FilePath

  /// Removes all of it; the table last, so that no guest is without it for a moment.
  /// - Returns: What was found, in words, for the log.
  func remove() async throws -> [String] {
    var found: [String] = []
    if await endNameServer() { found.append("dnsmasq") }
    for name in interfaces() {
      try await NetworkInterfaces.remove(name)
      found.append(name)
    }
    try await Firewall.remove(instance)
    return found
  }

  private func interfaces() -> [String] {
    NetworkInterfaces.names().filter { $0.hasPrefix(instance.interfacePrefix) }
  }

  /// Ends the name server that the pid file names, if it really is ours.
  private func endNameServer() async -> Bool {
    let file = NameServer.pidFile(in: directory)
    guard let text = try? HostFiles.text(at: file),
      let pid = pid_t(text.prefix { $0.isNumber }), isNameServer(pid)
    else { return false }
    kill(pid, SIGTERM)
    // It is not our child, so its end can only be looked for.
    for _ in 0..<40 where isNameServer(pid) {
      try? await Task.sleep(for: .milliseconds(50))
    }
    if isNameServer(pid) { kill(pid, SIGKILL) }
    try? HostFiles.removeFile(file)
    return true
  }

  private func isNameServer(_ pid: pid_t) -> Bool {
    guard let line = try? HostFiles.text(at: FilePath("/proc/\(pid)/cmdline")) else { return false }
    let arguments = line.split(separator: "\0")
    return arguments.first?.hasSuffix("dnsmasq") == true
      && arguments.contains { $0 == NameServer.interfaceArgument(instance) }
  }
}
