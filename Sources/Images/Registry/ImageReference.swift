import Errors

/// A reference to an image, in full: `docker.io/library/python:3.11`.
///
/// The short forms are Docker's (github.com/distribution/reference): a first part with a dot or a
/// colon, or `localhost`, is a registry; without one it is docker.io, and there a name without a slash
/// is one of `library/`.
package struct ImageReference: Sendable, Hashable {
  /// The registry, perhaps with a port.
  package let host: String
  /// The repository, as `library/python`.
  package let repository: String
  /// What follows the colon; `latest` where neither a tag nor a digest is given.
  package let tag: String?
  /// What follows the at-sign, as `sha256:…`.
  package let digest: String?

  /// Reads a reference. Throws `SandlotError.invalidArgument` for what is none.
  package init(_ text: String) throws(SandlotError) {
    func refusal() -> SandlotError {
      SandlotError(
        .invalidArgument, "'\(text)' is not the name of an image.",
        hint: "Write it as python:3.11-slim or registry.example:5000/team/image:tag, in lower case."
      )
    }
    var rest = text[...]
    if let at = rest.firstIndex(of: "@") {
      digest = String(rest[rest.index(after: at)...])
      rest = rest[..<at]
    } else {
      digest = nil
    }
    var tag: String?
    if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("/") {
      tag = String(rest[rest.index(after: colon)...])
      rest = rest[..<colon]
    }
    self.tag = tag ?? (digest == nil ? "latest" : nil)
    let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2, parts[0] == "localhost" || parts[0].contains(where: { ".:".contains($0) })
    {
      host = parts[0] == "index.docker.io" ? Self.docker : String(parts[0])
      repository =
        host == Self.docker && !parts[1].contains("/") ? "library/\(parts[1])" : String(parts[1])
    } else {
      host = Self.docker
      repository = rest.contains("/") ? String(rest) : "library/\(rest)"
    }
    guard
      repository.wholeMatch(of: /[a-z0-9]+([._\-]+[a-z0-9]+)*(\/[a-z0-9]+([._\-]+[a-z0-9]+)*)*/)
        != nil,
      host.wholeMatch(of: /[A-Za-z0-9.\-]+(:[0-9]+)?/) != nil,
      self.tag?.wholeMatch(of: /[A-Za-z0-9_][A-Za-z0-9._\-]{0,127}/) != nil || self.tag == nil,
      digest?.wholeMatch(of: /sha256:[0-9a-f]{64}/) != nil || digest == nil
    else { throw refusal() }
  }

  /// The registry that names without one mean.
  static let docker = "docker.io"

  private init(host: String, repository: String, tag: String?, digest: String?) {
    self.host = host
    self.repository = repository
    self.tag = tag
    self.digest = digest
  }

  /// The reference in full.
  package var name: String {
    "\(host)/\(repository)" + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
  }

  /// The same repository's image of a digest.
  func pinned(to digest: String) -> ImageReference {
    ImageReference(host: host, repository: repository, tag: nil, digest: digest)
  }

  /// The same image at another registry.
  func at(_ host: String) -> ImageReference {
    ImageReference(host: host, repository: repository, tag: tag, digest: digest)
  }

  /// As skopeo takes it, which takes no tag beside a digest.
  var transport: String {
    let version = digest.map { "@\($0)" } ?? ":\(tag ?? "latest")"
    return "docker://\(host)/\(repository)\(version)"
  }
}
