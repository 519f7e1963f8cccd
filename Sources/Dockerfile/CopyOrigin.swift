/// What a source of `COPY` or `ADD` is by its spelling.
enum CopyOrigin: Equatable {
  /// A path or pattern.
  case path
  /// An address of `http` or `https`, and the name of the file at its end if it has one.
  case url(name: String?)
  /// A Git repository.
  case git

  init(_ text: String) {
    let isWeb = text.hasPrefix("http://") || text.hasPrefix("https://")
    let end = text.prefix { $0 != "#" && $0 != "?" }
    if ["git://", "ssh://", "git@"].contains(where: text.hasPrefix)
      || (isWeb && (end.hasSuffix(".git") || end.contains(".git:")))
    {
      self = .git
    } else if isWeb {
      let path = end.split(separator: "/", omittingEmptySubsequences: false).dropFirst(3)
      self = .url(name: path.last.flatMap { Self.decoded($0) })
    } else {
      self = .path
    }
  }

  /// A component of an address as a file's name; nil where it can be none.
  private static func decoded(_ component: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(component.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
        return nil
      }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    let name = String(decoding: bytes, as: UTF8.self)
    return name.isEmpty || name == "." || name == ".." || name.contains("/") || name.contains("\0")
      ? nil : name
  }
}

extension String {
  /// A pattern that this text alone matches.
  var asLiteralPattern: String {
    var result = ""
    for character in self {
      if "*?[\\".contains(character) { result += "\\" }
      result.append(character)
    }
    return result
  }
}
