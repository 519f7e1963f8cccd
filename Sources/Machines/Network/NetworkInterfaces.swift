import Glibc

/// The network interfaces of the name space that the server runs in.
///
/// Asked of the kernel, not of /sys/class/net, which shows those of whoever mounted it.
enum NetworkInterfaces {
  static func exists(_ name: String) -> Bool {
    if_nametoindex(name) != 0
  }

  /// All names, sorted.
  static func names() -> [String] {
    guard let list = if_nameindex() else { return [] }
    defer { if_freenameindex(list) }
    var names: [String] = []
    var entry = list
    while let name = entry.pointee.if_name {
      names.append(String(cString: name))
      entry += 1
    }
    return names.sorted()
  }

  /// Removes an interface; when there is none, nothing happens.
  ///
  /// A tap vanishes by itself with its last descriptor, which a child that is being started may
  /// hold for an instant: so it may be gone between the look and the removal.
  static func remove(_ name: String) async throws {
    guard exists(name) else { return }
    do {
      try await Tool.ip.run(["link", "delete", name])
    } catch  where !exists(name) {
      return
    }
  }
}
