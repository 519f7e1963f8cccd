/// Paths inside an image, taken as text: nothing is looked up and no link is followed.
enum AbsolutePath {
  /// `path` seen from the directory `base`, without `.`, `..` and doubled slashes.
  static func resolve(_ path: String, in base: String) -> String {
    let full = path.hasPrefix("/") ? path : base + "/" + path
    var components: [Substring] = []
    for component in full.split(separator: "/") where component != "." {
      if component == ".." {
        _ = components.popLast()
      } else {
        components.append(component)
      }
    }
    return "/" + components.joined(separator: "/")
  }

  /// The destination of a copy: a slash at its end, or a dot as its last component, makes it a
  /// directory, which a slash at the end of the result says.
  static func destination(_ path: String, in base: String) -> String {
    let resolved = resolve(path, in: base)
    let last = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    let isDirectory = ["", ".", ".."].contains(last)
    return isDirectory && resolved != "/" ? resolved + "/" : resolved
  }

  /// A source seen from the root that it is in, without a slash at the start; `.` for the root.
  static func relative(_ path: String) -> String {
    let resolved = resolve(path, in: "/").dropFirst()
    return resolved.isEmpty ? "." : String(resolved)
  }

  /// A source of `COPY --parents`, with the `/./` kept after which its own part begins.
  static func pivoted(_ path: String) -> String {
    guard let pivot = path.firstRange(of: "/./") else { return relative(path) }
    return relative(String(path[..<pivot.lowerBound])) + "/./"
      + relative(String(path[pivot.upperBound...]))
  }
}

/// The operand of `EXPOSE`: a port or a range of ports, and a protocol.
struct ExposedPorts {
  /// Each port as the image configuration spells it: `8080/tcp`.
  let names: [String]

  /// Reads `port[-port][/protocol]`; nil for anything else.
  init?(_ text: Substring) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let transport = parts.count == 2 ? parts[1].lowercased() : "tcp"
    guard parts.count <= 2, ["tcp", "udp", "sctp"].contains(transport) else { return nil }
    let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
    let ports = ends.compactMap { UInt16($0) }
    guard ports.count == ends.count, ports.count <= 2, let first = ports.first,
      let last = ports.last, 0 < first, first <= last
    else { return nil }
    names = (first...last).map { "\($0)/\(transport)" }
  }
}
