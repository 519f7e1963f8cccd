/// A reference to one of Docker's official images, taken apart.
struct OfficialImage {
  /// As `python`.
  let repository: String
  /// As `3.11.12-slim-bookworm`; `latest` where none is given.
  let tag: String

  /// Reads a reference in any of its spellings; nil for any other image, and for one that is
  /// pinned by a digest, for which nothing can stand in.
  init?(_ reference: String) {
    guard !reference.contains("@") else { return nil }
    var name = reference[...]
    for prefix in ["docker.io/", "index.docker.io/"] where name.hasPrefix(prefix) {
      name = name.dropFirst(prefix.count)
    }
    if name.hasPrefix("library/") { name = name.dropFirst("library/".count) }
    let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let repository = parts.first, !repository.isEmpty, !repository.contains("/") else {
      return nil
    }
    self.repository = String(repository)
    tag = parts.count == 2 ? String(parts[1]) : "latest"
  }

  /// Whether the tag is one of these, its first part's patch version or date left out.
  func hasTag(_ known: Set<String>) -> Bool {
    guard !known.contains(tag) else { return true }
    var parts = tag.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    if parts.count > 1, parts[1].count == 8, Self.isNumber(parts[1]) {
      parts.remove(at: 1)
    } else if let patched = parts.first, let dot = patched.lastIndex(of: "."),
      Self.isNumber(patched[patched.index(after: dot)...])
    {
      parts[0] = String(patched[..<dot])
    }
    return known.contains(parts.joined(separator: "-"))
  }

  private static func isNumber(_ text: some StringProtocol) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}
