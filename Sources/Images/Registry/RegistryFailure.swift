import Errors

/// What skopeo's words mean for whoever wants an image.
enum RegistryFailure {
  /// What is said of a registry that is not asked again yet.
  static let recently = "could not be reached a moment ago"

  /// Whether nobody answered at all: another registry, or what stands in, may do.
  static func isUnreachable(_ error: SandlotError) -> Bool {
    guard !isRefused(error.message) else { return false }
    return [
      "no such host", "connection refused", "i/o timeout", "network is unreachable",
      "no route to host", "deadline exceeded", "TLS handshake timeout", "connection reset",
      "server misbehaving", recently,
    ].contains { error.message.contains($0) }
  }

  /// Whether a connection was lost that had been made.
  static func isPassing(_ error: SandlotError) -> Bool {
    ["unexpected EOF", "connection reset", "i/o timeout", "broken pipe", "connection refused"]
      .contains { error.message.contains($0) }
  }

  private static func isRefused(_ words: String) -> Bool {
    ["unauthorized", "denied", "manifest unknown", "name unknown", "x509", "toomanyrequests"]
      .contains { words.contains($0) }
  }

  /// The error for people.
  static func explained(
    _ error: SandlotError, _ reference: ImageReference, hasCredentials: Bool
  ) -> SandlotError {
    guard error.code == .internal else { return error }
    let words = error.message
    let name = reference.name
    if ["toomanyrequests", "too many requests", "429 ("].contains(
      where: words.lowercased().contains)
    {
      return SandlotError(
        .resourceExhausted, "The registry \(reference.host) wants fewer requests: \(cause(words)).",
        hint: "Wait, log in with a secret, or use a mirror (--registry-mirror).")
    }
    if words.contains("manifest unknown") || words.contains("name unknown")
      || words.contains("not found") && !words.contains("no such host")
    {
      return SandlotError(
        .notFound, "The registry \(reference.host) has no image \(name).",
        hint: "Check the name and the tag.")
    }
    if words.contains("unauthorized") || words.contains("denied")
      || words.contains("authentication required")
    {
      return SandlotError(
        .permissionDenied,
        hasCredentials
          ? "The registry \(reference.host) does not let this user have \(name)."
          : "The registry \(reference.host) wants a login for \(name), or has no such image.",
        hint: "Give Image.from_registry a secret with REGISTRY_USERNAME and REGISTRY_PASSWORD.")
    }
    if words.contains("x509") {
      return SandlotError(
        .failedPrecondition,
        "The certificate of the registry \(reference.host) is not trusted: \(cause(words)).",
        hint: "Start the server with --registry-certificates and its authority's file.")
    }
    if words.contains("server gave HTTP response to HTTPS client") {
      return SandlotError(
        .failedPrecondition, "The registry \(reference.host) does not speak TLS.",
        hint: "Start the server with --insecure-registries \(reference.host) to allow that.")
    }
    if words.contains("does not match") || words.contains("Digest did not match") {
      return SandlotError(
        .failedPrecondition,
        "The registry \(reference.host) sent other bytes than it announced for \(name): "
          + "\(cause(words)).", hint: "Nothing of it was taken. Push the image again.")
    }
    if isUnreachable(error) {
      return SandlotError(
        .failedPrecondition,
        "The registry \(reference.host) cannot be reached for \(name): \(cause(words)).",
        hint:
          "Check the network, use a mirror (--registry-mirror), or import the image from a file: "
          + "sandlot image import.")
    }
    return SandlotError(
      .failedPrecondition, "The image \(name) cannot be had: \(cause(words)).",
      hint: "Look at the registry's own log.")
  }

  /// The last part of skopeo's message, without what frames it.
  private static func cause(_ words: String) -> String {
    var text = words.split(whereSeparator: \.isNewline).last.map(String.init) ?? words
    if let message = text.firstRange(of: "msg=\"") { text = String(text[message.upperBound...]) }
    text = text.replacing("\\\"", with: "'")
    return String(text.prefix(400)).trimmingSuffix("\"").trimmingSuffix(".")
  }
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
  }
}
