import Errors

extension Credentials {
  /// Reads the credentials from a file, or makes new ones and writes them there, for the owner's
  /// eyes only (mode 0600).
  ///
  /// The file is one line: the id, a space, the secret. Its folder must exist. Several processes
  /// that do this at once all get the same credentials.
  ///
  /// - Throws: `failedPrecondition` where the file is not such a line, or others may read it;
  ///   `internal` where it cannot be read or written.
  public static func loadOrCreate(at path: String) throws(SandlotError) -> Credentials {
    let bytes = try SecretFile(path: path, subject: "The credentials file").loadOrCreate {
      let new = generate()
      return Array("\(new.id) \(new.secret)\n".utf8)
    }
    return try parse(bytes, path)
  }

  /// Reads the credentials from a file; nil where there is none.
  public static func load(at path: String) throws(SandlotError) -> Credentials? {
    guard let bytes = try SecretFile(path: path, subject: "The credentials file").load() else {
      return nil
    }
    return try parse(bytes, path)
  }

  /// Writes the credentials to a new file for the owner's eyes only, in place of an old one.
  public func save(at path: String) throws(SandlotError) {
    let text = "\(id) \(secret)\n"
    try SecretFile(path: path, subject: "The credentials file").replace(Array(text.utf8))
  }

  private static func parse(_ bytes: [UInt8], _ path: String) throws(SandlotError) -> Credentials {
    let words = String(decoding: bytes, as: UTF8.self)
      .split(omittingEmptySubsequences: true, whereSeparator: \.isWhitespace).map(String.init)
    if words.count == 2, let found = try? Credentials(id: words[0], secret: words[1]) {
      return found
    }
    throw SandlotError(
      .failedPrecondition, "The credentials file '\(path)' is not an id, a space and a secret.",
      hint: "Correct it, or remove it: the next start makes new credentials.")
  }
}
